using System.Runtime.InteropServices;

namespace Fairlead.Libvirt.Interop;

/// <summary>
/// libvirt's C functions under their C names. All but the local ones (names, UUIDs, free, events) may block for as long
/// as the daemon takes: call them on <see cref="CallThreads"/> only.
/// </summary>
internal static unsafe partial class LibVirt
{
    public const string Library = "libvirt.so.0";

    [LibraryImport(Library)]
    public static partial int virInitialize();

    [LibraryImport(Library)]
    public static partial int virGetVersion(nuint* version, byte* type, nuint* typeVersion);

    [LibraryImport(Library)]
    public static partial VirError* virGetLastError();

    [LibraryImport(Library)]
    public static partial void virSetErrorFunc(
        void* userData,
        delegate* unmanaged[Cdecl]<void*, VirError*, void> handler
    );

    [LibraryImport(Library)]
    public static partial int virEventRegisterDefaultImpl();

    [LibraryImport(Library)]
    public static partial int virEventRunDefaultImpl();

    [LibraryImport(Library)]
    public static partial int virEventAddTimeout(
        int milliseconds,
        delegate* unmanaged[Cdecl]<int, void*, void> callback,
        void* opaque,
        delegate* unmanaged[Cdecl]<void*, void> free
    );

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial ConnectionHandle virConnectOpen(string uri);

    [LibraryImport(Library)]
    public static partial int virConnectClose(nint connection);

    /// <summary>1: the daemon does not speak keepalive.</summary>
    [LibraryImport(Library)]
    public static partial int virConnectSetKeepAlive(ConnectionHandle connection, int intervalSeconds, uint count);

    [LibraryImport(Library)]
    public static partial int virConnectRegisterCloseCallback(
        ConnectionHandle connection,
        delegate* unmanaged[Cdecl]<nint, int, void*, void> callback,
        void* opaque,
        delegate* unmanaged[Cdecl]<void*, void> free
    );

    [LibraryImport(Library)]
    public static partial int virConnectUnregisterCloseCallback(
        ConnectionHandle connection,
        delegate* unmanaged[Cdecl]<nint, int, void*, void> callback
    );

    [LibraryImport(Library)]
    public static partial int virConnectGetVersion(ConnectionHandle connection, nuint* version);

    [LibraryImport(Library)]
    public static partial int virConnectGetLibVersion(ConnectionHandle connection, nuint* version);

    [LibraryImport(Library)]
    public static partial byte* virConnectGetCapabilities(ConnectionHandle connection);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial byte* virConnectGetDomainCapabilities(
        ConnectionHandle connection,
        string? emulator,
        string? architecture,
        string? machine,
        string? virtType,
        uint flags
    );
}
