using System.Runtime.CompilerServices;
using Fairlead.Libvirt.Interop;

namespace Fairlead.Libvirt;

public sealed partial class LibvirtConnection
{
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
                var subscription = new LibvirtEventSubscription<DomainEvent>(this);
                List<int> ids = RegisterDomainCallbacks(call, new DomainEventSink(this, subscription.Writer));
                subscription.Bind(() => ids.ForEach(DeregisterDomainCallback));
                Add(subscription);
                return subscription;
            },
            cancellationToken,
            abandoned: ReleaseAbandoned
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
                var subscription = new LibvirtEventSubscription<NetworkLifecycleEvent>(this);
                int id = RegisterNetworkCallback(call, new NetworkEventSink(this, subscription.Writer));
                subscription.Bind(() => DeregisterNetworkCallback(id));
                Add(subscription);
                return subscription;
            },
            cancellationToken,
            abandoned: ReleaseAbandoned
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
        LibvirtEventSubscription<DomainEvent> subscription = await SubscribeDomainEventsAsync(cancellationToken)
            .ConfigureAwait(false);
        await using (subscription.ConfigureAwait(false))
        {
            await foreach (
                DomainEvent domainEvent in subscription.ReadAllAsync(cancellationToken).ConfigureAwait(false)
            )
                yield return domainEvent;
        }
    }

    /// <summary>Network events from the first read on; see <see cref="WatchDomainEventsAsync"/>.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Events in libvirt's order.</returns>
    /// <exception cref="LibvirtException">The connection is lost, then or later.</exception>
    public async IAsyncEnumerable<NetworkLifecycleEvent> WatchNetworkEventsAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        LibvirtEventSubscription<NetworkLifecycleEvent> subscription = await SubscribeNetworkEventsAsync(
                cancellationToken
            )
            .ConfigureAwait(false);
        await using (subscription.ConfigureAwait(false))
        {
            await foreach (
                NetworkLifecycleEvent networkEvent in subscription.ReadAllAsync(cancellationToken).ConfigureAwait(false)
            )
                yield return networkEvent;
        }
    }

    private void ReleaseAbandoned(IConnectionMember member)
    {
        member.Release();
        Remove(member);
    }

    /// <summary>libvirt-domain.h: virDomainEventID, and the callback type that belongs to each.</summary>
    private unsafe List<int> RegisterDomainCallbacks(NativeCall call, DomainEventSink sink)
    {
        const int Lifecycle = 0,
            Reboot = 1,
            DeviceRemoved = 15,
            DeviceAdded = 19,
            DeviceRemovalFailed = 22;
        List<int> ids = [];
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
            return ids;
        }
        catch
        {
            ids.ForEach(DeregisterDomainCallback);
            throw;
        }

        void Register(int eventId, void* callback)
        {
            void* opaque = EventCallbacks.Root(sink);
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
            ids.Add(id);
        }
    }

    private unsafe int RegisterNetworkCallback(NativeCall call, NetworkEventSink sink)
    {
        const int Lifecycle = 0;
        void* opaque = EventCallbacks.Root(sink);
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
        return id;
    }

    private static unsafe void UnrootAndThrow(NativeCall call, void* opaque)
    {
        LibvirtException failure = call.Failure();
        EventCallbacks.Unroot(opaque);
        throw failure;
    }

    // On a lost connection libvirt drops its own side of a registration before it fails to tell the daemon
    // (remoteConnectDomainEventDeregisterAny), so the error means nothing more to do.
    private void DeregisterDomainCallback(int id) =>
        LogFailure(LibVirt.virConnectDomainEventDeregisterAny(_handle, id), "unsubscribe from domain events");

    private void DeregisterNetworkCallback(int id) =>
        LogFailure(LibVirt.virConnectNetworkEventDeregisterAny(_handle, id), "unsubscribe from network events");

    private void LogFailure(int result, string operation)
    {
        if (result >= 0)
            return;
        LibvirtException failure = new NativeCall(operation).Failure();
        if (!failure.IsConnectionLost)
            Log.UnsubscribeFailed(_logger, failure);
    }
}
