using System.Text;
using Fairlead.Netlink.Interop;
using Fairlead.Netlink.Wire;
using static Fairlead.Netlink.Interop.Rtnetlink;

namespace Fairlead.Netlink;

/// <summary>
/// RTM_*LINK: <see cref="IfInfoMsg"/>, then attributes IFLA_*. Integers are in host byte order.
/// <code>
/// IFLA_ADDRESS octets  IFLA_IFNAME text  IFLA_MTU u32  IFLA_LINK i32  IFLA_MASTER i32  IFLA_OPERSTATE u8
/// IFLA_IFALIAS text  IFLA_STATS64 struct  IFLA_LINK_NETNSID i32
/// IFLA_LINKINFO { IFLA_INFO_KIND text, IFLA_INFO_DATA {...} }
/// IFLA_AF_SPEC { AF_INET6 { IFLA_INET6_ADDR_GEN_MODE u8 } }
/// </code>
/// </summary>
internal static class LinkCodec
{
    /// <summary>Null for a message of another family: a bridge tells of its ports by AF_BRIDGE ones.</summary>
    public static Link? Decode(ReadOnlySpan<byte> payload)
    {
        IfInfoMsg header = AttributeReader.Split<IfInfoMsg>(payload, out AttributeReader attributes);
        if (header.Family != AF_UNSPEC)
            return null;
        Link link = new()
        {
            Index = header.Index,
            Name = "",
            Flags = (LinkFlags)header.Flags,
        };
        foreach (NetlinkAttribute attribute in attributes)
            link = With(link, attribute);
        return link;
    }

    public static void WriteChange(MessageWriter writer, LinkChange change)
    {
        if (change.MacAddress is { } mac)
            writer.Attribute(IFLA_ADDRESS, mac);
        if (change.MtuBytes is { } mtu)
            writer.Attribute(IFLA_MTU, (uint)mtu);
        if (change.Name is { } name)
            writer.AttributeZ(IFLA_IFNAME, name);
        // Without a NUL: the length alone says where it ends, and 0 removes it (dev_set_alias in net/core/dev.c).
        if (change.Alias is { } alias)
            writer.Attribute(IFLA_IFALIAS, Encoding.UTF8.GetBytes(alias));
        if (change.MasterIndex is { } master)
            writer.Attribute(IFLA_MASTER, (uint)master);
    }

    public static void WriteAddressGenerationMode(MessageWriter writer, AddressGenerationMode mode)
    {
        using MessageWriter.NestScope spec = writer.Nest(IFLA_AF_SPEC);
        using MessageWriter.NestScope inet6 = writer.Nest(AF_INET6);
        writer.Attribute(IFLA_INET6_ADDR_GEN_MODE, (byte)mode);
    }

    public static void WriteBridge(MessageWriter writer, string name, BridgeOptions options)
    {
        LinkChange common = new()
        {
            Name = name,
            MacAddress = options.MacAddress,
            MtuBytes = options.MtuBytes,
        };
        WriteChange(writer, common);
        using MessageWriter.NestScope info = writer.Nest(IFLA_LINKINFO);
        writer.AttributeZ(IFLA_INFO_KIND, "bridge");
        using MessageWriter.NestScope data = writer.Nest(IFLA_INFO_DATA);
        if (options.ForwardDelay is { } delay)
            writer.Attribute(IFLA_BR_FORWARD_DELAY, Centiseconds(delay));
        if (options.AgeingTime is { } ageing)
            writer.Attribute(IFLA_BR_AGEING_TIME, Centiseconds(ageing));
        if (options.SpanningTree is { } stp)
            writer.Attribute(IFLA_BR_STP_STATE, stp ? 1u : 0u);
        if (options.VlanFiltering is { } vlan)
            writer.Attribute(IFLA_BR_VLAN_FILTERING, (byte)(vlan ? 1 : 0));
        if (options.GroupForwardMask is { } mask)
            writer.Attribute(IFLA_BR_GROUP_FWD_MASK, mask);
        if (options.MulticastSnooping is { } snooping)
            writer.Attribute(IFLA_BR_MCAST_SNOOPING, (byte)(snooping ? 1 : 0));
    }

    /// <summary>The peer's own message, header and all, is the value of VETH_INFO_PEER.</summary>
    public static void WriteVeth(MessageWriter writer, string name, string peerName, int? peerNetnsDescriptor)
    {
        writer.AttributeZ(IFLA_IFNAME, name);
        using MessageWriter.NestScope info = writer.Nest(IFLA_LINKINFO);
        writer.AttributeZ(IFLA_INFO_KIND, "veth");
        using MessageWriter.NestScope data = writer.Nest(IFLA_INFO_DATA);
        using MessageWriter.NestScope peer = writer.Nest(VETH_INFO_PEER);
        writer.Write(default(IfInfoMsg));
        writer.AttributeZ(IFLA_IFNAME, peerName);
        if (peerNetnsDescriptor is { } descriptor)
            writer.Attribute(IFLA_NET_NS_FD, descriptor);
    }

    // The bridge counts in clock_t, hundredths of a second on every architecture (USER_HZ).
    private static uint Centiseconds(TimeSpan time) => checked((uint)Math.Round(time.TotalMilliseconds / 10));

    private static Link With(Link link, in NetlinkAttribute attribute) =>
        attribute.Type switch
        {
            IFLA_ADDRESS => link with { MacAddress = attribute.ReadMacAddress() },
            IFLA_IFNAME => link with { Name = attribute.ReadString() },
            IFLA_MTU => link with { MtuBytes = attribute.Read<int>() },
            IFLA_LINK => link with { PeerIndex = NotZero(attribute.Read<int>()) },
            IFLA_MASTER => link with { MasterIndex = NotZero(attribute.Read<int>()) },
            IFLA_OPERSTATE => link with { OperationalState = (OperationalState)attribute.Read<byte>() },
            IFLA_IFALIAS => link with { Alias = attribute.ReadString() is { Length: > 0 } alias ? alias : null },
            IFLA_STATS64 => link with { Statistics = attribute.Read<LinkStatistics>() },
            IFLA_LINK_NETNSID => link with { LinkNetnsId = attribute.Read<int>() },
            IFLA_LINKINFO => link with { Kind = ReadKind(attribute) },
            IFLA_AF_SPEC => link with { AddressGenerationMode = ReadAddressGenerationMode(attribute) },
            _ => link,
        };

    private static int? NotZero(int index) => index == 0 ? null : index;

    private static string? ReadKind(in NetlinkAttribute linkInfo)
    {
        foreach (NetlinkAttribute attribute in linkInfo.Nested)
        {
            if (attribute.Type == IFLA_INFO_KIND)
                return attribute.ReadString();
        }
        return null;
    }

    private static AddressGenerationMode? ReadAddressGenerationMode(in NetlinkAttribute afSpec)
    {
        foreach (NetlinkAttribute family in afSpec.Nested)
        {
            if (family.Type != AF_INET6)
                continue;
            foreach (NetlinkAttribute attribute in family.Nested)
            {
                if (attribute.Type == IFLA_INET6_ADDR_GEN_MODE)
                    return (AddressGenerationMode)attribute.Read<byte>();
            }
        }
        return null;
    }
}
