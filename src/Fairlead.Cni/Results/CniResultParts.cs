using System.Net;

namespace Fairlead.Cni;

/// <summary>An interface that ADD made (CNI spec section 5, "interfaces").</summary>
/// <param name="Name">Its name.</param>
public sealed record CniInterface(string Name)
{
    /// <summary>Its hardware address as the plugin wrote it, by custom <c>aa:bb:cc:dd:ee:ff</c>; null if not said.</summary>
    public string? Mac { get; init; }

    /// <summary>The path of the network namespace that it is in; null for an interface of the host.</summary>
    public string? Sandbox { get; init; }

    /// <summary>Its MTU in bytes; null if not said. Since 1.1.0.</summary>
    public int? Mtu { get; init; }

    /// <summary>The path of a socket that stands for the interface; null if none. Since 1.1.0.</summary>
    public string? SocketPath { get; init; }

    /// <summary>The PCI device that stands for the interface; null if none. Since 1.1.0.</summary>
    public string? PciId { get; init; }
}

/// <summary>An address that ADD assigned (CNI spec section 5, "ips").</summary>
/// <param name="Address">The address with the prefix length of its subnet.</param>
public sealed record CniIp(CidrAddress Address)
{
    /// <summary>The subnet's default gateway; null if not said.</summary>
    public IPAddress? Gateway { get; init; }

    /// <summary>Index into <see cref="CniResult.Interfaces"/>; null if not said. Plugins get it wrong: check the range.</summary>
    public int? InterfaceIndex { get; init; }
}

/// <summary>A route of the container (CNI spec section 5, "routes").</summary>
/// <param name="Destination">The destination; 0.0.0.0/0 or ::/0 is the default route.</param>
public sealed record CniRoute(CidrAddress Destination)
{
    /// <summary>The next hop; null means the gateway of the address in the same family.</summary>
    public IPAddress? Gateway { get; init; }

    /// <summary>MTU along the route in bytes; null if not said. Since 1.1.0.</summary>
    public int? Mtu { get; init; }

    /// <summary>Maximum segment size to announce, in bytes; null if not said. Since 1.1.0.</summary>
    public int? AdvertisedMss { get; init; }

    /// <summary>Priority, lower first; null if not said. Since 1.1.0.</summary>
    public int? Priority { get; init; }

    /// <summary>Routing table; null means the main one. Since 1.1.0.</summary>
    public int? Table { get; init; }

    /// <summary>Scope as in rtnetlink (0 global, 253 link, 254 host); null if not said. Since 1.1.0.</summary>
    public int? Scope { get; init; }
}

/// <summary>Name resolution for the container (CNI spec section 5, "dns"). Each part may be empty.</summary>
public sealed record CniDns
{
    /// <summary>No settings at all.</summary>
    public static CniDns Empty { get; } = new();

    /// <summary>Addresses of name servers in order of preference.</summary>
    public IReadOnlyList<string> Nameservers { get; init; } = [];

    /// <summary>The local domain; null if not said.</summary>
    public string? Domain { get; init; }

    /// <summary>Search domains in order.</summary>
    public IReadOnlyList<string> Search { get; init; } = [];

    /// <summary>Resolver options, as in resolv.conf(5).</summary>
    public IReadOnlyList<string> Options { get; init; } = [];
}
