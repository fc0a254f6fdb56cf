using System.Net;
using Fairlead.Netlink.Interop;
using Fairlead.Netlink.Wire;
using static Fairlead.Netlink.Interop.Rtnetlink;

namespace Fairlead.Netlink;

/// <summary>An entry of the neighbour table: who answers to an IP address on a link (ARP, neighbour discovery).</summary>
public sealed record Neighbour
{
    /// <summary>Index of the link.</summary>
    public required int IfIndex { get; init; }

    /// <summary>The neighbour's IP address.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>Its link-layer address, null while unknown.</summary>
    public MacAddress? MacAddress { get; init; }

    /// <summary>What is known about it.</summary>
    public NeighbourState State { get; init; }
}

/// <summary>State of a neighbour: NUD_* in include/uapi/linux/neighbour.h.</summary>
[Flags]
public enum NeighbourState
{
    /// <summary>Nothing yet.</summary>
    None = 0,

    /// <summary>Asked for.</summary>
    Incomplete = 0x01,

    /// <summary>Answered lately.</summary>
    Reachable = 0x02,

    /// <summary>Has not been heard of for a while.</summary>
    Stale = 0x04,

    /// <summary>About to be asked again.</summary>
    Delay = 0x08,

    /// <summary>Asked again.</summary>
    Probe = 0x10,

    /// <summary>Did not answer.</summary>
    Failed = 0x20,

    /// <summary>Needs no resolution: multicast, loopback.</summary>
    NoArp = 0x40,

    /// <summary>Set by an administrator.</summary>
    Permanent = 0x80,
}

/// <summary>RTM_*NEIGH: <see cref="NdMsg"/>, then NDA_DST (address, network byte order) and NDA_LLADDR (octets).</summary>
internal static class NeighbourCodec
{
    /// <summary>Null for a family other than IPv4 and IPv6: a bridge's forwarding entries come the same way.</summary>
    public static Neighbour? Decode(ReadOnlySpan<byte> payload)
    {
        NdMsg header = AttributeReader.Split<NdMsg>(payload, out AttributeReader attributes);
        if (header.Family is not (AF_INET or AF_INET6))
            return null;
        IPAddress? address = null;
        MacAddress? mac = null;
        foreach (NetlinkAttribute attribute in attributes)
        {
            if (attribute.Type == NDA_DST)
                address = attribute.ReadAddress(header.Family);
            else if (attribute.Type == NDA_LLADDR)
                mac = attribute.ReadMacAddress();
        }
        return new Neighbour
        {
            IfIndex = header.Index,
            Address = address ?? throw new NetlinkFormatException("Neighbour message without an address", 0),
            MacAddress = mac,
            State = (NeighbourState)header.State,
        };
    }
}
