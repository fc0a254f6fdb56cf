using Fairlead.Netlink.Interop;
using Fairlead.Netlink.Wire;
using static Fairlead.Netlink.Interop.Rtnetlink;

namespace Fairlead.Netlink;

/// <summary>An entry of a bridge's MAC table (forwarding database): behind which port a station is.</summary>
public sealed record ForwardingEntry
{
    /// <summary>Index of the bridge.</summary>
    public required int BridgeIndex { get; init; }

    /// <summary>Index of the port that leads to the station; the bridge's own for an address of the bridge.</summary>
    public required int PortIndex { get; init; }

    /// <summary>The station's address.</summary>
    public required MacAddress MacAddress { get; init; }

    /// <summary>Whether it is an address of this machine (the port's or the bridge's own), rather than one that was learned or set.</summary>
    public bool IsLocal { get; init; }

    /// <summary>The VLAN in which it counts, null where the bridge tells none apart.</summary>
    public int? VlanId { get; init; }
}

/// <summary>
/// RTM_*NEIGH of the family AF_BRIDGE: <see cref="NdMsg"/> with the port's index, then NDA_LLADDR (octets), NDA_MASTER
/// (the bridge's index, u32) and NDA_VLAN (u16).
/// </summary>
internal static class ForwardingCodec
{
    /// <summary>Null for another family, and for what a device filters by itself without a bridge.</summary>
    public static ForwardingEntry? Decode(ReadOnlySpan<byte> payload)
    {
        NdMsg header = AttributeReader.Split<NdMsg>(payload, out AttributeReader attributes);
        if (header.Family is not AF_BRIDGE)
            return null;
        MacAddress? mac = null;
        int? bridge = null;
        int? vlan = null;
        foreach (NetlinkAttribute attribute in attributes)
        {
            if (attribute.Type == NDA_LLADDR)
                mac = attribute.ReadMacAddress();
            else if (attribute.Type == NDA_MASTER)
                bridge = attribute.Read<int>();
            else if (attribute.Type == NDA_VLAN)
                vlan = attribute.Read<ushort>();
        }
        if (mac is not { } station || bridge is not { } bridgeIndex)
            return null;
        return new ForwardingEntry
        {
            BridgeIndex = bridgeIndex,
            PortIndex = header.Index,
            MacAddress = station,
            IsLocal = (header.State & NUD_PERMANENT) != 0,
            VlanId = vlan,
        };
    }
}
