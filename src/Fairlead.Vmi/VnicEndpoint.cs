using System.Net;
using Fairlead.Netlink;

namespace Fairlead.Vmi;

/// <summary>An endpoint of the pod network, as CNI and the kernel made it on the VMI interface and as the guest gets it.</summary>
public sealed record VnicEndpoint
{
    /// <summary>The endpoint's MAC, which becomes the vNIC's.</summary>
    public required MacAddress Mac { get; init; }

    /// <summary>The MAC that the network gave the interface where it did not heed the wanted one; else null.</summary>
    public MacAddress? MacOfNetwork { get; init; }

    /// <summary>In the order of the CNI result; may be empty (a network without IPAM).</summary>
    public required IReadOnlyList<InterfaceAddress> Addresses { get; init; }

    /// <summary>The IPv4 default gateway, or null.</summary>
    public IPAddress? Gateway { get; init; }

    /// <summary>Other IPv4 routes; a null gateway means on-link.</summary>
    public IReadOnlyList<VnicRoute> Routes { get; init; } = [];

    public required int MtuBytes { get; init; }

    public VnicDns Dns { get; init; } = new();

    /// <summary>The address that DHCP gives the guest, or null.</summary>
    public InterfaceAddress? DhcpAddress =>
        Addresses
            .Where(a => a.Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork)
            .Cast<InterfaceAddress?>()
            .FirstOrDefault();
}

/// <summary>A route of the guest.</summary>
/// <param name="Gateway">Null for on-link. A default value, since a null is not written to the record's file.</param>
public sealed record VnicRoute(IPNetwork Destination, IPAddress? Gateway = null);

/// <summary>What the guest's resolver is told.</summary>
public sealed record VnicDns
{
    public IReadOnlyList<IPAddress> Servers { get; init; } = [];
    public IReadOnlyList<string> Search { get; init; } = [];
    public string? Domain { get; init; }
}
