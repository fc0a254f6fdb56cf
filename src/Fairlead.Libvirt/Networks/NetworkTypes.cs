using System.Net;
using System.Net.NetworkInformation;

namespace Fairlead.Libvirt;

/// <summary>Something happened to a network.</summary>
/// <param name="Network">The network; it may be gone by the time the event is read.</param>
/// <param name="Kind">What happened.</param>
public sealed record NetworkLifecycleEvent(Network Network, NetworkLifecycle Kind);

/// <summary>What can happen in a network's life (<c>virNetworkEventLifecycleType</c>).</summary>
public enum NetworkLifecycle
{
    /// <summary>Its configuration was added or changed.</summary>
    Defined = 0,

    /// <summary>Its configuration was deleted.</summary>
    Undefined = 1,

    /// <summary>Its bridge and DHCP server were made.</summary>
    Started = 2,

    /// <summary>They were taken down; a transient network is gone.</summary>
    Stopped = 3,
}

/// <summary>How to change a part of a network (<c>virNetworkUpdateCommand</c>).</summary>
public enum NetworkUpdateCommand
{
    /// <summary>Replace the element with the same key.</summary>
    Modify = 1,

    /// <summary>Delete the matching element.</summary>
    Delete = 2,

    /// <summary>Add the element after the others.</summary>
    AddLast = 3,

    /// <summary>Add the element before the others.</summary>
    AddFirst = 4,
}

/// <summary>
/// Which part of a network to change (<c>virNetworkUpdateSection</c>). libvirt's network driver implements DHCP hosts and
/// ranges, forward interfaces, port groups and DNS entries; the rest is VIR_ERR_OPERATION_UNSUPPORTED.
/// </summary>
public enum NetworkUpdateSection
{
    /// <summary><c>bridge</c>.</summary>
    Bridge = 1,

    /// <summary><c>domain</c>.</summary>
    Domain = 2,

    /// <summary><c>ip</c>.</summary>
    Ip = 3,

    /// <summary><c>ip/dhcp/host</c>.</summary>
    IpDhcpHost = 4,

    /// <summary><c>ip/dhcp/range</c>.</summary>
    IpDhcpRange = 5,

    /// <summary><c>forward</c>.</summary>
    Forward = 6,

    /// <summary><c>forward/interface</c>.</summary>
    ForwardInterface = 7,

    /// <summary><c>forward/pf</c>.</summary>
    ForwardPf = 8,

    /// <summary><c>portgroup</c>.</summary>
    PortGroup = 9,

    /// <summary><c>dns/host</c>.</summary>
    DnsHost = 10,

    /// <summary><c>dns/txt</c>.</summary>
    DnsTxt = 11,

    /// <summary><c>dns/srv</c>.</summary>
    DnsSrv = 12,
}

/// <summary>Which of a network's two descriptions a change is for (<c>virNetworkUpdateFlags</c>).</summary>
[Flags]
public enum NetworkChange
{
    /// <summary>The active network if it is active, else the configuration.</summary>
    Current = 0,

    /// <summary>The active network.</summary>
    Live = 1,

    /// <summary>The configuration, for the next start.</summary>
    Config = 2,
}

/// <summary>A lease that a network's DHCP server has given (<c>virNetworkDHCPLease</c>).</summary>
/// <param name="InterfaceName">The bridge on which it was given.</param>
/// <param name="Expires">When it ends; null for an infinite lease.</param>
/// <param name="Mac">The client's hardware address; null where DHCPv6 did not tell it.</param>
/// <param name="Address">The address.</param>
/// <param name="PrefixLength">Length of the subnet's prefix in bits, of the server's subnet on the bridge.</param>
/// <param name="Hostname">What the client calls itself, or null.</param>
/// <param name="ClientId">Client identifier or DUID in libvirt's spelling, or null.</param>
public sealed record DhcpLease(
    string InterfaceName,
    DateTimeOffset? Expires,
    PhysicalAddress? Mac,
    IPAddress Address,
    int PrefixLength,
    string? Hostname,
    string? ClientId
);

/// <summary>Which description of a network to print (<c>virNetworkXMLFlags</c>).</summary>
[Flags]
public enum NetworkXmlFlags
{
    /// <summary>The active network's if it is active, else the configuration.</summary>
    None = 0,

    /// <summary>The configuration for the next start, even if the network is active.</summary>
    Inactive = 1,
}
