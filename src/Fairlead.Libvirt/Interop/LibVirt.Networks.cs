using System.Runtime.InteropServices;

namespace Fairlead.Libvirt.Interop;

internal static unsafe partial class LibVirt
{
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial NetworkHandle virNetworkCreateXML(ConnectionHandle connection, string xml);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial NetworkHandle virNetworkDefineXML(ConnectionHandle connection, string xml);

    [LibraryImport(Library)]
    public static partial int virConnectListAllNetworks(ConnectionHandle connection, nint** networks, uint flags);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial NetworkHandle virNetworkLookupByName(ConnectionHandle connection, string name);

    [LibraryImport(Library)]
    public static partial NetworkHandle virNetworkLookupByUUID(ConnectionHandle connection, byte* uuid);

    [LibraryImport(Library)]
    public static partial int virNetworkFree(nint network);

    /// <summary>Local; the text belongs to the network object.</summary>
    [LibraryImport(Library)]
    public static partial byte* virNetworkGetName(nint network);

    /// <summary>Local; 16 bytes, big-endian.</summary>
    [LibraryImport(Library)]
    public static partial int virNetworkGetUUID(nint network, byte* uuid);

    [LibraryImport(Library)]
    public static partial byte* virNetworkGetBridgeName(NetworkHandle network);

    [LibraryImport(Library)]
    public static partial int virNetworkIsActive(NetworkHandle network);

    [LibraryImport(Library)]
    public static partial int virNetworkIsPersistent(NetworkHandle network);

    [LibraryImport(Library)]
    public static partial int virNetworkCreate(NetworkHandle network);

    [LibraryImport(Library)]
    public static partial int virNetworkDestroy(NetworkHandle network);

    [LibraryImport(Library)]
    public static partial int virNetworkUndefine(NetworkHandle network);

    [LibraryImport(Library)]
    public static partial byte* virNetworkGetXMLDesc(NetworkHandle network, uint flags);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int virNetworkUpdate(
        NetworkHandle network,
        uint command,
        uint section,
        int parentIndex,
        string xml,
        uint flags
    );

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int virNetworkGetDHCPLeases(
        NetworkHandle network,
        string? mac,
        VirDhcpLease*** leases,
        uint flags
    );

    [LibraryImport(Library)]
    public static partial void virNetworkDHCPLeaseFree(VirDhcpLease* lease);
}

/// <summary>libvirt's <c>struct _virNetworkDHCPLease</c> (libvirt-network.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct VirDhcpLease
{
    public byte* Interface;
    public long ExpirySeconds;
    public int AddressType;
    public byte* Mac;
    public byte* Iaid;
    public byte* Address;
    public uint Prefix;
    public byte* Hostname;
    public byte* ClientId;
}
