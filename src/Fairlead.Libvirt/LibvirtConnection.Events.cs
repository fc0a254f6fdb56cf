using System.Runtime.CompilerServices;
using Fairlead.Libvirt.Interop;

namespace Fairlead.Libvirt;

public sealed partial class LibvirtConnection
{
    // Registered with the first subscription, deregistered at the close: one registration serves all (EventFanOut).
    private readonly Lock _registrationGate = new();
    private readonly List<int> _domainCallbackIds = [];
    private readonly EventFanOut<DomainEvent> _domainEvents;
    private readonly EventFanOut<NetworkLifecycleEvent> _networkEvents;
    private int? _networkCallbackId;

    /// <summary>Subscribes to every domain's lifecycle, reboots and devices. libvirt reports from the return on.</summary>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>The subscription, to be disposed; <see cref="DisposeAsync"/> does so too.</returns>
    /// <exception cref="LibvirtException">The connection is lost.</exception>
    public Task<LibvirtEventSubscription<DomainEvent>> SubscribeDomainEventsAsync(
        CancellationToken cancellationToken = default
    ) =>
        RunAsync(
            "subscribe to domain events",
            call =>
            {
                lock (_registrationGate)
                {
                    if (_domainCallbackIds.Count == 0)
                        RegisterDomainCallbacks(call);
                }
                return _domainEvents.Subscribe();
            },
            cancellationToken,
            abandoned: subscription => subscription.Dispose()
        );

    /// <summary>Subscribes to every network's lifecycle.</summary>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>The subscription, to be disposed; <see cref="DisposeAsync"/> does so too.</returns>
    /// <exception cref="LibvirtException">The connection is lost.</exception>
    public Task<LibvirtEventSubscription<NetworkLifecycleEvent>> SubscribeNetworkEventsAsync(
        CancellationToken cancellationToken = default
    ) =>
        RunAsync(
            "subscribe to network events",
            call =>
            {
                lock (_registrationGate)
                {
                    if (_networkCallbackId is null)
                        RegisterNetworkCallback(call);
                }
                return _networkEvents.Subscribe();
            },
            cancellationToken,
            abandoned: subscription => subscription.Dispose()
        );

    /// <summary>
    /// Domain events from the first read on. To list the domains without missing a change, use
    /// <see cref="SubscribeDomainEventsAsync"/>, which says when it has subscribed.
    /// </summary>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Events in libvirt's order.</returns>
    /// <exception cref="LibvirtException">The connection is lost, then or later.</exception>
    public async IAsyncEnumerable<DomainEvent> WatchDomainEventsAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        using LibvirtEventSubscription<DomainEvent> subscription = await SubscribeDomainEventsAsync(cancellationToken)
            .ConfigureAwait(false);
        await foreach (DomainEvent domainEvent in subscription.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            yield return domainEvent;
    }

    /// <summary>Network events from the first read on; see <see cref="WatchDomainEventsAsync"/>.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Events in libvirt's order.</returns>
    /// <exception cref="LibvirtException">The connection is lost, then or later.</exception>
    public async IAsyncEnumerable<NetworkLifecycleEvent> WatchNetworkEventsAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        using LibvirtEventSubscription<NetworkLifecycleEvent> subscription = await SubscribeNetworkEventsAsync(
                cancellationToken
            )
            .ConfigureAwait(false);
        await foreach (
            NetworkLifecycleEvent networkEvent in subscription.ReadAllAsync(cancellationToken).ConfigureAwait(false)
        )
            yield return networkEvent;
    }

    /// <summary>libvirt-domain.h: virDomainEventID, and the callback type that belongs to each.</summary>
    private unsafe void RegisterDomainCallbacks(NativeCall call)
    {
        const int Lifecycle = 0,
            Reboot = 1,
            DeviceRemoved = 15,
            DeviceAdded = 19,
            DeviceRemovalFailed = 22;
        try
        {
            Register(
                Lifecycle,
                (delegate* unmanaged[Cdecl]<nint, nint, int, int, void*, int>)&EventCallbacks.DomainLifecycle
            );
            Register(Reboot, (delegate* unmanaged[Cdecl]<nint, nint, void*, void>)&EventCallbacks.DomainReboot);
            Register(
                DeviceAdded,
                (delegate* unmanaged[Cdecl]<nint, nint, byte*, void*, void>)&EventCallbacks.DeviceAdded
            );
            Register(
                DeviceRemoved,
                (delegate* unmanaged[Cdecl]<nint, nint, byte*, void*, void>)&EventCallbacks.DeviceRemoved
            );
            Register(
                DeviceRemovalFailed,
                (delegate* unmanaged[Cdecl]<nint, nint, byte*, void*, void>)&EventCallbacks.DeviceRemovalFailed
            );
        }
        catch
        {
            DeregisterDomainCallbacks();
            throw;
        }

        void Register(int eventId, void* callback)
        {
            void* opaque = EventCallbacks.Root(_domainEvents);
            int id = LibVirt.virConnectDomainEventRegisterAny(
                _handle,
                0,
                eventId,
                callback,
                opaque,
                &EventCallbacks.Free
            );
            if (id < 0)
                UnrootAndThrow(call, opaque);
            _domainCallbackIds.Add(id);
        }
    }

    private unsafe void RegisterNetworkCallback(NativeCall call)
    {
        const int Lifecycle = 0;
        void* opaque = EventCallbacks.Root(_networkEvents);
        int id = LibVirt.virConnectNetworkEventRegisterAny(
            _handle,
            0,
            Lifecycle,
            (delegate* unmanaged[Cdecl]<nint, nint, int, int, void*, void>)&EventCallbacks.NetworkLifecycle,
            opaque,
            &EventCallbacks.Free
        );
        if (id < 0)
            UnrootAndThrow(call, opaque);
        _networkCallbackId = id;
    }

    private static unsafe void UnrootAndThrow(NativeCall call, void* opaque)
    {
        LibvirtException failure = call.Failure();
        EventCallbacks.Unroot(opaque);
        throw failure;
    }

    private void DeregisterDomainCallbacks()
    {
        foreach (int id in _domainCallbackIds)
            LogFailure(LibVirt.virConnectDomainEventDeregisterAny(_handle, id));
        _domainCallbackIds.Clear();
    }

    private void DeregisterNetworkCallback()
    {
        if (_networkCallbackId is { } id)
            LogFailure(LibVirt.virConnectNetworkEventDeregisterAny(_handle, id));
        _networkCallbackId = null;
    }

    /// <summary>
    /// On a lost connection libvirt drops its own side of a registration before it fails to tell the daemon
    /// (remoteConnectDomainEventDeregisterAny), so that error means nothing more to do.
    /// </summary>
    private void LogFailure(int result)
    {
        if (result >= 0)
            return;
        LibvirtException failure = new NativeCall($"unsubscribe from events of {Uri}").Failure();
        if (!failure.IsConnectionLost)
            Log.UnsubscribeFailed(_logger, failure);
    }
}
