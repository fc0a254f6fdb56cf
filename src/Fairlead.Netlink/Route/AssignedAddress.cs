using System.Net;

namespace Fairlead.Netlink;

/// <summary>An address that a link has, as one RTM_NEWADDR message describes it.</summary>
public sealed record AssignedAddress
{
    /// <summary>Index of the link.</summary>
    public required int IfIndex { get; init; }

    /// <summary>The link's own address, and the prefix length (of the peer's network if there is a peer).</summary>
    public required InterfaceAddress Address { get; init; }

    /// <summary>The other end's address on a point-to-point link, null if none is set.</summary>
    public IPAddress? Peer { get; init; }

    /// <summary>IPv4 broadcast address, null if none is set.</summary>
    public IPAddress? Broadcast { get; init; }

    /// <summary>IPv4 label, mostly the link's name; null for IPv6.</summary>
    public string? Label { get; init; }

    /// <summary>Where it is valid.</summary>
    public RouteScope Scope { get; init; }

    /// <summary>Flags (IFA_F_*).</summary>
    public AddressFlags Flags { get; init; }

    /// <summary>How long it will stay, null for ever.</summary>
    public TimeSpan? ValidLifetime { get; init; }

    /// <summary>How long it will be used for new connections, null for ever.</summary>
    public TimeSpan? PreferredLifetime { get; init; }
}

/// <summary>Flags of an address: IFA_F_* in include/uapi/linux/if_addr.h.</summary>
[Flags]
public enum AddressFlags
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>IPv4: not the first of its subnet on the link. IPv6: a temporary one (RFC 8981).</summary>
    Secondary = 0x01,

    /// <summary>IPv6: to be used at once, without looking for duplicates first.</summary>
    NoDuplicateDetection = 0x02,

    /// <summary>IPv6: usable while duplicates are still looked for.</summary>
    Optimistic = 0x04,

    /// <summary>IPv6: somebody else has it; it is not used.</summary>
    DuplicateDetected = 0x08,

    /// <summary>IPv6: a home address of Mobile IP.</summary>
    HomeAddress = 0x10,

    /// <summary>Its preferred lifetime is over.</summary>
    Deprecated = 0x20,

    /// <summary>IPv6: duplicates are still looked for; not usable yet.</summary>
    Tentative = 0x40,

    /// <summary>Stays for ever.</summary>
    Permanent = 0x80,

    /// <summary>IPv6: the kernel makes temporary addresses from it.</summary>
    ManageTemporary = 0x100,

    /// <summary>No route to its subnet is made along with it.</summary>
    NoPrefixRoute = 0x200,

    /// <summary>IPv4: its subnet's multicast groups are joined.</summary>
    AutoJoinMulticast = 0x400,

    /// <summary>IPv6: made by stable privacy (RFC 7217).</summary>
    StablePrivacy = 0x800,
}
