using System.Runtime.InteropServices;

namespace Fairlead.Libvirt.Interop;

internal static unsafe partial class LibVirt
{
    /// <param name="domain">0 for every domain.</param>
    /// <param name="callback">Its signature depends on <paramref name="eventId"/> (libvirt-domain.h).</param>
    [LibraryImport(Library)]
    public static partial int virConnectDomainEventRegisterAny(
        ConnectionHandle connection,
        nint domain,
        int eventId,
        void* callback,
        void* opaque,
        delegate* unmanaged[Cdecl]<void*, void> free
    );

    [LibraryImport(Library)]
    public static partial int virConnectDomainEventDeregisterAny(ConnectionHandle connection, int callbackId);

    /// <param name="network">0 for every network.</param>
    [LibraryImport(Library)]
    public static partial int virConnectNetworkEventRegisterAny(
        ConnectionHandle connection,
        nint network,
        int eventId,
        void* callback,
        void* opaque,
        delegate* unmanaged[Cdecl]<void*, void> free
    );

    [LibraryImport(Library)]
    public static partial int virConnectNetworkEventDeregisterAny(ConnectionHandle connection, int callbackId);

    public const uint VIR_STREAM_NONBLOCK = 1;
    public const int VIR_STREAM_EVENT_READABLE = 1;

    [LibraryImport(Library)]
    public static partial StreamHandle virStreamNew(ConnectionHandle connection, uint flags);

    [LibraryImport(Library)]
    public static partial int virStreamFree(nint stream);

    [LibraryImport(Library)]
    public static partial int virStreamSend(StreamHandle stream, byte* data, nuint length);

    /// <summary>0 at the end, -1 on errors, -2 when a nonblocking stream has nothing yet.</summary>
    [LibraryImport(Library)]
    public static partial int virStreamRecv(nint stream, byte* data, nuint length);

    [LibraryImport(Library)]
    public static partial int virStreamFinish(StreamHandle stream);

    [LibraryImport(Library)]
    public static partial int virStreamAbort(StreamHandle stream);

    [LibraryImport(Library)]
    public static partial int virStreamEventAddCallback(
        StreamHandle stream,
        int events,
        delegate* unmanaged[Cdecl]<nint, int, void*, void> callback,
        void* opaque,
        delegate* unmanaged[Cdecl]<void*, void> free
    );

    [LibraryImport(Library)]
    public static partial int virStreamEventUpdateCallback(nint stream, int events);

    [LibraryImport(Library)]
    public static partial int virStreamEventRemoveCallback(StreamHandle stream);
}
