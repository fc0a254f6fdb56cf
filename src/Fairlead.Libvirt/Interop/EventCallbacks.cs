using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Fairlead.Libvirt.Interop;

/// <summary>
/// What libvirt calls on the event loop's thread. The opaque pointer is a <see cref="GCHandle"/> to the receiver, freed by
/// <see cref="Free"/> when libvirt drops the registration. Domain and network pointers are lent for the callback only.
/// </summary>
internal static unsafe class EventCallbacks
{
    /// <summary>Roots a receiver for as long as libvirt may call it.</summary>
    public static void* Root(object receiver) => (void*)GCHandle.ToIntPtr(GCHandle.Alloc(receiver));

    /// <summary>For a registration that failed: libvirt frees the opaque pointer of successful ones only.</summary>
    public static void Unroot(void* opaque) => GCHandle.FromIntPtr((nint)opaque).Free();

    private static T Target<T>(void* opaque)
        where T : class => (T)GCHandle.FromIntPtr((nint)opaque).Target!;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static void Free(void* opaque) => Unroot(opaque);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static void Closed(nint connection, int reason, void* opaque) =>
        Target<LibvirtConnection>(opaque).OnClosed((ConnectionCloseReason)reason);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static int DomainLifecycle(nint connection, nint domain, int kind, int detail, void* opaque)
    {
        EventFanOut<DomainEvent> events = Target<EventFanOut<DomainEvent>>(opaque);
        events.Publish(
            new DomainLifecycleEvent(
                Domain.FromPointer(events.Connection, domain),
                (DomainLifecycle)kind,
                Details.Of(kind, detail)
            )
        );
        return 0;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static void DomainReboot(nint connection, nint domain, void* opaque)
    {
        EventFanOut<DomainEvent> events = Target<EventFanOut<DomainEvent>>(opaque);
        events.Publish(new DomainRebootEvent(Domain.FromPointer(events.Connection, domain)));
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static void DeviceAdded(nint connection, nint domain, byte* alias, void* opaque)
    {
        EventFanOut<DomainEvent> events = Target<EventFanOut<DomainEvent>>(opaque);
        events.Publish(
            new DomainDeviceAddedEvent(
                Domain.FromPointer(events.Connection, domain),
                Marshal.PtrToStringUTF8((nint)alias)!
            )
        );
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static void DeviceRemoved(nint connection, nint domain, byte* alias, void* opaque)
    {
        EventFanOut<DomainEvent> events = Target<EventFanOut<DomainEvent>>(opaque);
        events.Publish(
            new DomainDeviceRemovedEvent(
                Domain.FromPointer(events.Connection, domain),
                Marshal.PtrToStringUTF8((nint)alias)!
            )
        );
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static void DeviceRemovalFailed(nint connection, nint domain, byte* alias, void* opaque)
    {
        EventFanOut<DomainEvent> events = Target<EventFanOut<DomainEvent>>(opaque);
        events.Publish(
            new DomainDeviceRemovalFailedEvent(
                Domain.FromPointer(events.Connection, domain),
                Marshal.PtrToStringUTF8((nint)alias)!
            )
        );
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static void NetworkLifecycle(nint connection, nint network, int kind, int detail, void* opaque)
    {
        EventFanOut<NetworkLifecycleEvent> events = Target<EventFanOut<NetworkLifecycleEvent>>(opaque);
        events.Publish(
            new NetworkLifecycleEvent(Network.FromPointer(events.Connection, network), (NetworkLifecycle)kind)
        );
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static void StreamReadable(nint stream, int events, void* opaque) =>
        Target<DomainConsole>(opaque).OnReadable(stream);
}
