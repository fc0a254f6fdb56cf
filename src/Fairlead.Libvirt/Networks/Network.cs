using System.Net;
using System.Net.NetworkInformation;
using System.Runtime.InteropServices;
using Fairlead.Libvirt.Interop;

namespace Fairlead.Libvirt;

/// <summary>
/// A network by its UUID. It holds no native resource: each call looks the network up and lets go of it, so a network that has
/// gone shows as VIR_ERR_NO_NETWORK (<see cref="LibvirtException.IsAbsent"/>) and nothing needs disposing.
/// </summary>
public sealed class Network : IEquatable<Network>
{
    private readonly LibvirtConnection _connection;

    private Network(LibvirtConnection connection, string name, Guid uuid)
    {
        _connection = connection;
        Name = name;
        Uuid = uuid;
    }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>The UUID.</summary>
    public Guid Uuid { get; }

    /// <summary>The name of its bridge, whether libvirt made the bridge or found it.</summary>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>An interface name in the daemon's network namespace.</returns>
    /// <exception cref="LibvirtException">VIR_ERR_INTERNAL_ERROR if it has none; VIR_ERR_NO_NETWORK if it is gone.</exception>
    public unsafe Task<string> GetBridgeNameAsync(CancellationToken cancellationToken = default) =>
        RunAsync(
            "get bridge of",
            (call, network) => call.TakeString(LibVirt.virNetworkGetBridgeName(network)),
            cancellationToken
        );

    /// <summary>Whether its bridge and DHCP server are there.</summary>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>False if it is only defined.</returns>
    /// <exception cref="LibvirtException">VIR_ERR_NO_NETWORK if it is gone.</exception>
    public Task<bool> IsActiveAsync(CancellationToken cancellationToken = default) =>
        RunAsync("examine", (call, network) => call.Check(LibVirt.virNetworkIsActive(network)) == 1, cancellationToken);

    /// <summary>Whether it has a configuration that outlives its destruction.</summary>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>False for a transient network.</returns>
    /// <exception cref="LibvirtException">VIR_ERR_NO_NETWORK if it is gone.</exception>
    public Task<bool> IsPersistentAsync(CancellationToken cancellationToken = default) =>
        RunAsync(
            "examine",
            (call, network) => call.Check(LibVirt.virNetworkIsPersistent(network)) == 1,
            cancellationToken
        );

    /// <summary>Starts a defined network.</summary>
    /// <param name="cancellationToken">Stops the waiting; the network may still come up.</param>
    /// <returns>Completes when it is active.</returns>
    /// <exception cref="LibvirtException">VIR_ERR_OPERATION_INVALID if it is active already; VIR_ERR_INTERNAL_ERROR if its bridge
    /// or subnet is in use or dnsmasq fails.</exception>
    public Task StartAsync(CancellationToken cancellationToken = default) =>
        CallAsync("start", LibVirt.virNetworkCreate, cancellationToken);

    /// <summary>Takes bridge and DHCP server down; a transient network is gone after it. Domains on it keep running.</summary>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>Completes when they are down.</returns>
    /// <exception cref="LibvirtException">VIR_ERR_OPERATION_INVALID if it is not active; VIR_ERR_NO_NETWORK if it is gone.</exception>
    public Task DestroyAsync(CancellationToken cancellationToken = default) =>
        CallAsync("destroy", LibVirt.virNetworkDestroy, cancellationToken);

    /// <summary>Deletes the configuration; an active network becomes transient.</summary>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>Completes when it is deleted.</returns>
    /// <exception cref="LibvirtException">VIR_ERR_OPERATION_INVALID if it is transient; VIR_ERR_NO_NETWORK if it is gone.</exception>
    public Task UndefineAsync(CancellationToken cancellationToken = default) =>
        CallAsync("undefine", LibVirt.virNetworkUndefine, cancellationToken);

    /// <summary>Its description; <see cref="NetworkXml.Parse"/> reads it.</summary>
    /// <param name="flags">Which description.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>A <c>network</c> document.</returns>
    /// <exception cref="LibvirtException">VIR_ERR_NO_NETWORK if it is gone.</exception>
    public unsafe Task<string> GetXmlAsync(
        NetworkXmlFlags flags = NetworkXmlFlags.None,
        CancellationToken cancellationToken = default
    ) =>
        RunAsync(
            "get XML of",
            (call, network) => call.TakeString(LibVirt.virNetworkGetXMLDesc(network, (uint)flags)),
            cancellationToken
        );

    /// <summary>Changes a part of the network in place, as <c>virsh net-update</c> does.</summary>
    /// <param name="command">What to do.</param>
    /// <param name="section">With which part.</param>
    /// <param name="xml">The part's element, for example <c>host</c>.</param>
    /// <param name="change">The active network, the configuration or both.</param>
    /// <param name="parentIndex">Which of several parents (<c>ip</c> elements), from 0; -1 lets libvirt find it.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>Completes when the DHCP server has the change.</returns>
    /// <exception cref="LibvirtException">VIR_ERR_OPERATION_INVALID if such an element exists, or does not where it should;
    /// VIR_ERR_XML_ERROR if the element is not accepted; VIR_ERR_OPERATION_UNSUPPORTED for other sections.</exception>
    public Task UpdateAsync(
        NetworkUpdateCommand command,
        NetworkUpdateSection section,
        string xml,
        NetworkChange change = NetworkChange.Current,
        int parentIndex = -1,
        CancellationToken cancellationToken = default
    ) =>
        CallAsync(
            "update",
            network => LibVirt.virNetworkUpdate(network, (uint)command, (uint)section, parentIndex, xml, (uint)change),
            cancellationToken
        );

    /// <summary>The leases that its DHCP server has given and that have not expired.</summary>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>The leases; none if the network has no DHCP.</returns>
    /// <exception cref="LibvirtException">VIR_ERR_NO_NETWORK if it is gone.</exception>
    public unsafe Task<IReadOnlyList<DhcpLease>> GetDhcpLeasesAsync(CancellationToken cancellationToken = default) =>
        RunAsync<IReadOnlyList<DhcpLease>>(
            "get DHCP leases of",
            (call, network) =>
            {
                VirDhcpLease** leases = null;
                int count = call.Check(LibVirt.virNetworkGetDHCPLeases(network, null, &leases, 0));
                try
                {
                    var taken = new DhcpLease[count];
                    for (int i = 0; i < count; i++)
                        taken[i] = ToLease(leases[i]);
                    return taken;
                }
                finally
                {
                    for (int i = 0; i < count; i++)
                        LibVirt.virNetworkDHCPLeaseFree(leases[i]);
                    NativeMemory.Free(leases);
                }
            },
            cancellationToken
        );

    /// <summary>Same UUID.</summary>
    /// <param name="other">The other.</param>
    /// <returns>Whether both name the same network.</returns>
    public bool Equals(Network? other) => other is not null && Uuid == other.Uuid;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Network);

    /// <inheritdoc/>
    public override int GetHashCode() => Uuid.GetHashCode();

    /// <summary>The name.</summary>
    /// <returns>The name.</returns>
    public override string ToString() => Name;

    internal static unsafe Network FromPointer(LibvirtConnection connection, nint network)
    {
        byte* uuid = stackalloc byte[16];
        _ = LibVirt.virNetworkGetUUID(network, uuid);
        string name = Marshal.PtrToStringUTF8((nint)LibVirt.virNetworkGetName(network))!;
        return new Network(connection, name, new Guid(new ReadOnlySpan<byte>(uuid, 16), bigEndian: true));
    }

    private static unsafe DhcpLease ToLease(VirDhcpLease* lease) =>
        new(
            Marshal.PtrToStringUTF8((nint)lease->Interface)!,
            lease->ExpirySeconds == 0 ? null : DateTimeOffset.FromUnixTimeSeconds(lease->ExpirySeconds),
            lease->Mac is null ? null : PhysicalAddress.Parse(Marshal.PtrToStringUTF8((nint)lease->Mac)),
            IPAddress.Parse(Marshal.PtrToStringUTF8((nint)lease->Address)!),
            (int)lease->Prefix,
            Marshal.PtrToStringUTF8((nint)lease->Hostname),
            Marshal.PtrToStringUTF8((nint)lease->ClientId)
        );

    private Task CallAsync(string verb, Func<NetworkHandle, int> function, CancellationToken cancellationToken) =>
        RunAsync(verb, (call, network) => call.Check(function(network)), cancellationToken);

    private Task<T> RunAsync<T>(
        string verb,
        Func<NativeCall, NetworkHandle, T> body,
        CancellationToken cancellationToken
    ) =>
        _connection.RunAsync(
            $"{verb} network {Name}",
            call =>
            {
                using NetworkHandle network = _connection.LookUpNetwork(call, Uuid);
                return body(call, network);
            },
            cancellationToken
        );
}
