using System.Net;

namespace Fairlead.Netlink;

/// <summary>A route, as one RTM_NEWROUTE message describes it, or as one is to be added or deleted.</summary>
/// <remarks>Two are equal if all is equal; lists of next hops are compared by reference.</remarks>
public sealed record Route
{
    /// <summary>The main table, the one that <c>ip route</c> shows.</summary>
    public const uint MainTable = 254;

    /// <summary>The table of the kernel's own routes to local and broadcast addresses.</summary>
    public const uint LocalTable = 255;

    /// <summary>Where it leads; <c>0.0.0.0/0</c> or <c>::/0</c> for a default route.</summary>
    public required IPNetwork Destination { get; init; }

    /// <summary>The next hop's address, null if the destination is on the link. May be an IPv6 one for IPv4.</summary>
    public IPAddress? Gateway { get; init; }

    /// <summary>Index of the link, null for several next hops, for none, and on adding to let the kernel find it.</summary>
    public int? IfIndex { get; init; }

    /// <summary>Source address for connections that have not chosen one, null for the kernel's choice.</summary>
    public IPAddress? PreferredSource { get; init; }

    /// <summary>
    /// How far away the destination is. Null on adding chooses as <c>ip route</c> does (link if there is no gateway), on
    /// deleting matches any. For IPv6 always <see cref="RouteScope.Universe"/>.
    /// </summary>
    public RouteScope? Scope { get; init; }

    /// <summary>Who made it. <see cref="RouteProtocol.Unspecified"/> becomes Boot on adding, on deleting matches any.</summary>
    public RouteProtocol Protocol { get; init; }

    /// <summary>Priority, the lowest is used. 0 becomes 1024 for IPv6 on adding, on deleting matches any.</summary>
    public uint Metric { get; init; }

    /// <summary>Table, <see cref="MainTable"/> unless said otherwise.</summary>
    public uint Table { get; init; } = MainTable;

    /// <summary>What happens to the packets.</summary>
    public RouteType Type { get; init; } = RouteType.Unicast;

    /// <summary>Flags of the next hop (RTNH_F_*). Only <see cref="RouteFlags.OnLink"/> can be set.</summary>
    public RouteFlags Flags { get; init; }

    /// <summary>Largest packet to that destination, null for the link's.</summary>
    public int? MtuBytes { get; init; }

    /// <summary>The next hops of a multipath route; empty for any other.</summary>
    public IReadOnlyList<NextHop> NextHops { get; init; } = [];
}

/// <summary>One of the next hops of a multipath route.</summary>
/// <param name="IfIndex">Index of the link.</param>
/// <param name="Gateway">The next hop's address, null if the destination is on the link.</param>
/// <param name="Weight">Its share of the traffic, 1 to 256.</param>
/// <param name="Flags">Flags (RTNH_F_*).</param>
public sealed record NextHop(int IfIndex, IPAddress? Gateway, int Weight = 1, RouteFlags Flags = RouteFlags.None);

/// <summary>Which routes to list.</summary>
public sealed record RouteFilter
{
    /// <summary>Table, null for all of them.</summary>
    public uint? Table { get; init; } = Route.MainTable;

    /// <summary>Index of the link (of a multipath route: of any next hop), null for all.</summary>
    public int? IfIndex { get; init; }
}

/// <summary>How far away something is: RT_SCOPE_*. Values between these are an administrator's.</summary>
public enum RouteScope
{
    /// <summary>Anywhere ("global").</summary>
    Universe = 0,

    /// <summary>IPv6: within the site.</summary>
    Site = 200,

    /// <summary>On the link.</summary>
    Link = 253,

    /// <summary>On this host.</summary>
    Host = 254,

    /// <summary>Nowhere.</summary>
    Nowhere = 255,
}

/// <summary>Who made a route: RTPROT_*. Other values are routing daemons'.</summary>
public enum RouteProtocol
{
    /// <summary>Not said.</summary>
    Unspecified = 0,

    /// <summary>An ICMP redirect.</summary>
    Redirect = 1,

    /// <summary>The kernel, along with an address.</summary>
    Kernel = 2,

    /// <summary>Somebody at boot. What <c>ip route add</c> sets.</summary>
    Boot = 3,

    /// <summary>An administrator.</summary>
    Static = 4,

    /// <summary>An IPv6 router advertisement.</summary>
    RouterAdvertisement = 9,

    /// <summary>A DHCP client.</summary>
    Dhcp = 16,
}

/// <summary>What a route does with packets: RTN_*.</summary>
public enum RouteType
{
    /// <summary>Not said.</summary>
    Unspecified = 0,

    /// <summary>Sends them on.</summary>
    Unicast = 1,

    /// <summary>Delivers them here.</summary>
    Local = 2,

    /// <summary>Delivers them here as broadcasts, sends as broadcasts.</summary>
    Broadcast = 3,

    /// <summary>IPv6: delivers them here, one of several places.</summary>
    Anycast = 4,

    /// <summary>Multicast.</summary>
    Multicast = 5,

    /// <summary>Drops them without a word.</summary>
    Blackhole = 6,

    /// <summary>Answers that the host is unreachable.</summary>
    Unreachable = 7,

    /// <summary>Answers that it is prohibited.</summary>
    Prohibit = 8,

    /// <summary>Goes on in the next table.</summary>
    Throw = 9,
}

/// <summary>Flags of a next hop: RTNH_F_* in include/uapi/linux/rtnetlink.h.</summary>
[Flags]
public enum RouteFlags
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Not usable: its link is down.</summary>
    Dead = 0x1,

    /// <summary>The gateway is to be looked up recursively.</summary>
    Pervasive = 0x2,

    /// <summary>The gateway is on the link, whatever the addresses say.</summary>
    OnLink = 0x4,

    /// <summary>Done by the hardware.</summary>
    Offload = 0x8,

    /// <summary>Its link has no carrier.</summary>
    LinkDown = 0x10,

    /// <summary>IPv6 multipath: its neighbour did not answer.</summary>
    Unresolved = 0x20,

    /// <summary>Held by the hardware's tables.</summary>
    Trap = 0x40,
}
