using Fairlead.Libvirt.Interop;

namespace Fairlead.Libvirt;

// The overloads of Find differ in a required parameter of another type: no call can be ambiguous.
#pragma warning disable RS0026

public sealed partial class LibvirtConnection
{
    /// <summary>Makes and starts a transient network, as <c>virsh net-create</c> does: it vanishes when it is destroyed.</summary>
    /// <param name="xml">A <c>network</c> document.</param>
    /// <param name="cancellationToken">Stops the waiting; the network may still come up.</param>
    /// <returns>The active network.</returns>
    /// <exception cref="LibvirtException">VIR_ERR_OPERATION_FAILED if a network of that name or UUID exists;
    /// VIR_ERR_INTERNAL_ERROR if its bridge or subnet is in use or dnsmasq fails; VIR_ERR_XML_ERROR or
    /// VIR_ERR_XML_DETAIL if the XML is not accepted.</exception>
    public Task<Network> CreateNetworkAsync(string xml, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(xml);
        return RunAsync(
            "create network",
            call => TakeNetwork(call, LibVirt.virNetworkCreateXML(_handle, xml)),
            cancellationToken
        );
    }

    /// <summary>Stores a network's configuration, new or changed; an active network goes on as it is.</summary>
    /// <param name="xml">A <c>network</c> document.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>The network.</returns>
    /// <exception cref="LibvirtException">VIR_ERR_OPERATION_FAILED if the name is taken by another UUID or the reverse;
    /// VIR_ERR_XML_ERROR or VIR_ERR_XML_DETAIL if the XML is not accepted.</exception>
    public Task<Network> DefineNetworkAsync(string xml, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(xml);
        return RunAsync(
            "define network",
            call => TakeNetwork(call, LibVirt.virNetworkDefineXML(_handle, xml)),
            cancellationToken
        );
    }

    /// <summary>All networks, active or only defined.</summary>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>The networks in no particular order.</returns>
    /// <exception cref="LibvirtException">The connection is lost.</exception>
    public unsafe Task<IReadOnlyList<Network>> ListNetworksAsync(CancellationToken cancellationToken = default) =>
        RunAsync(
            "list networks",
            call =>
            {
                nint* pointers = null;
                int count = call.Check(LibVirt.virConnectListAllNetworks(_handle, &pointers, 0));
                return TakeAll(pointers, count, pointer => TakeNetwork(call, new NetworkHandle(pointer)));
            },
            cancellationToken
        );

    /// <summary>Finds a network by name.</summary>
    /// <param name="name">The network's name.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>The network, or null if there is none.</returns>
    /// <exception cref="LibvirtException">The connection is lost.</exception>
    public Task<Network?> FindNetworkAsync(string name, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        return FindAsync(
            $"find network {name}",
            call => TakeNetwork(call, LibVirt.virNetworkLookupByName(_handle, name)),
            cancellationToken
        );
    }

    /// <summary>Finds a network by UUID.</summary>
    /// <param name="uuid">The network's UUID.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>The network, or null if there is none.</returns>
    /// <exception cref="LibvirtException">The connection is lost.</exception>
    public Task<Network?> FindNetworkAsync(Guid uuid, CancellationToken cancellationToken = default) =>
        FindAsync(
            $"find network {uuid}",
            call =>
            {
                using NetworkHandle handle = LookUpNetwork(call, uuid);
                return Network.FromPointer(this, handle.DangerousGetHandle());
            },
            cancellationToken
        );

    internal unsafe NetworkHandle LookUpNetwork(NativeCall call, Guid uuid)
    {
        byte* bytes = stackalloc byte[16];
        _ = uuid.TryWriteBytes(new Span<byte>(bytes, 16), bigEndian: true, out _);
        return call.Check(LibVirt.virNetworkLookupByUUID(_handle, bytes));
    }

    private Network TakeNetwork(NativeCall call, NetworkHandle handle)
    {
        using NetworkHandle taken = call.Check(handle);
        return Network.FromPointer(this, taken.DangerousGetHandle());
    }
}
