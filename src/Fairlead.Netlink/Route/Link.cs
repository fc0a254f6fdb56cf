namespace Fairlead.Netlink;

/// <summary>A network interface, as one RTM_NEWLINK message describes it.</summary>
public sealed record Link
{
    /// <summary>Interface index, unique in its namespace and never 0.</summary>
    public required int Index { get; init; }

    /// <summary>Name, at most 15 bytes.</summary>
    public required string Name { get; init; }

    /// <summary>Flags (IFF_*).</summary>
    public LinkFlags Flags { get; init; }

    /// <summary>Whether it was set up. Whether it can carry traffic is <see cref="OperationalState"/>'s.</summary>
    public bool IsUp => Flags.HasFlag(LinkFlags.Up);

    /// <summary>Whether it can carry traffic (RFC 2863).</summary>
    public OperationalState OperationalState { get; init; }

    /// <summary>Link-layer address, null if it has none or none of six octets. All zeros on the loopback link.</summary>
    public MacAddress? MacAddress { get; init; }

    /// <summary>Largest packet, without the link-layer header.</summary>
    public int MtuBytes { get; init; }

    /// <summary>Index of the bridge or other link of which this is a port, null if it is none's.</summary>
    public int? MasterIndex { get; init; }

    /// <summary>Its driver's name ("veth", "bridge", "tun", ...), null for hardware and the loopback link.</summary>
    public string? Kind { get; init; }

    /// <summary>Free text set by an administrator, null if none.</summary>
    public string? Alias { get; init; }

    /// <summary>
    /// Index of the link that this one is tied to: the other end of a veth pair, the lower device of a VLAN; null if
    /// none. The index counts in the namespace <see cref="LinkNetnsId"/>.
    /// </summary>
    public int? PeerIndex { get; init; }

    /// <summary>
    /// This namespace's number for the one in which <see cref="PeerIndex"/> counts; null if it is the same, -1 if the
    /// kernel has none assigned.
    /// </summary>
    public int? LinkNetnsId { get; init; }

    /// <summary>How the link makes its IPv6 link-local address, null if IPv6 is not active on it.</summary>
    public AddressGenerationMode? AddressGenerationMode { get; init; }

    /// <summary>Counters since the link was created, null if the kernel sent none.</summary>
    public LinkStatistics? Statistics { get; init; }
}

/// <summary>Counters of a link, from struct rtnl_link_stats64.</summary>
/// <param name="ReceivedPackets">Good packets received.</param>
/// <param name="TransmittedPackets">Packets sent.</param>
/// <param name="ReceivedBytes">Bytes received.</param>
/// <param name="TransmittedBytes">Bytes sent.</param>
/// <param name="ReceiveErrors">Bad packets received.</param>
/// <param name="TransmitErrors">Packets that could not be sent.</param>
/// <param name="ReceiveDropped">Packets received and not processed.</param>
/// <param name="TransmitDropped">Packets dropped on their way out.</param>
public readonly record struct LinkStatistics(
    ulong ReceivedPackets,
    ulong TransmittedPackets,
    ulong ReceivedBytes,
    ulong TransmittedBytes,
    ulong ReceiveErrors,
    ulong TransmitErrors,
    ulong ReceiveDropped,
    ulong TransmitDropped
);

/// <summary>State of a link by RFC 2863, IF_OPER_* in include/uapi/linux/if.h.</summary>
public enum OperationalState
{
    /// <summary>The driver does not say. The loopback link's lasting state, and a tun's at times.</summary>
    Unknown = 0,

    /// <summary>The device is gone.</summary>
    NotPresent = 1,

    /// <summary>Not able to carry traffic.</summary>
    Down = 2,

    /// <summary>The link below it, or a veth's other end, is down.</summary>
    LowerLayerDown = 3,

    /// <summary>In a test mode.</summary>
    Testing = 4,

    /// <summary>Waiting for something, 802.1X for instance.</summary>
    Dormant = 5,

    /// <summary>Able to carry traffic.</summary>
    Up = 6,
}

/// <summary>How a link makes its IPv6 link-local address: IN6_ADDR_GEN_MODE_* in include/uapi/linux/if_link.h.</summary>
public enum AddressGenerationMode
{
    /// <summary>From the MAC address. The default.</summary>
    Eui64 = 0,

    /// <summary>None is made.</summary>
    None = 1,

    /// <summary>From a secret (RFC 7217).</summary>
    StablePrivacy = 2,

    /// <summary>As <see cref="StablePrivacy"/>, with a secret made up at random.</summary>
    Random = 3,
}

/// <summary>Flags of a link: IFF_* in netdevice(7).</summary>
[Flags]
public enum LinkFlags
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Set up by an administrator.</summary>
    Up = 0x1,

    /// <summary>Has a broadcast address.</summary>
    Broadcast = 0x2,

    /// <summary>The loopback link.</summary>
    Loopback = 0x8,

    /// <summary>Has one peer.</summary>
    PointToPoint = 0x10,

    /// <summary>Operational.</summary>
    Running = 0x40,

    /// <summary>Resolves no neighbours.</summary>
    NoArp = 0x80,

    /// <summary>Takes all packets.</summary>
    Promiscuous = 0x100,

    /// <summary>Takes all multicast packets.</summary>
    AllMulticast = 0x200,

    /// <summary>Has ports.</summary>
    Master = 0x400,

    /// <summary>Is a port of a bond. Ports of a bridge do not have it.</summary>
    Slave = 0x800,

    /// <summary>Does multicast.</summary>
    Multicast = 0x1000,

    /// <summary>The carrier is there.</summary>
    LowerUp = 0x10000,

    /// <summary>Waiting for something.</summary>
    Dormant = 0x20000,

    /// <summary>Sends packets back to their sender too.</summary>
    Echo = 0x40000,
}
