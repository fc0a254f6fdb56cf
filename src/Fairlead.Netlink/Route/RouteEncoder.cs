using System.Net;
using System.Net.Sockets;
using Fairlead.Netlink.Interop;
using Fairlead.Netlink.Wire;
using static Fairlead.Netlink.Interop.Rtnetlink;

namespace Fairlead.Netlink;

/// <summary>Writes the messages that <see cref="RouteDecoder"/> draws.</summary>
internal static class RouteEncoder
{
    public static MessageWriter WriteAdd(Route route)
    {
        RtMsg header = Header(route);
        header.Scope = (byte)(route.Scope ?? DefaultScope(route));
        header.Protocol = (byte)(route.Protocol is RouteProtocol.Unspecified ? RouteProtocol.Boot : route.Protocol);
        return Write(MessageWriter.Request(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, header), route);
    }

    /// <summary>RT_SCOPE_NOWHERE and protocol 0 match any (fib_table_delete in net/ipv4/fib_trie.c).</summary>
    public static MessageWriter WriteDelete(Route route)
    {
        RtMsg header = Header(route);
        header.Scope = (byte?)route.Scope ?? RT_SCOPE_NOWHERE;
        header.Protocol = (byte)route.Protocol;
        return Write(MessageWriter.Request(RTM_DELROUTE, 0, header), route);
    }

    private static RtMsg Header(Route route) =>
        new()
        {
            Family = FamilyOf(route.Destination.BaseAddress),
            DestinationLength = (byte)route.Destination.PrefixLength,
            Table = (byte)(route.Table <= byte.MaxValue ? route.Table : RT_TABLE_COMPAT),
            Type = (byte)route.Type,
            Flags = (uint)(route.Flags & RouteFlags.OnLink),
        };

    // As iproute_modify in iproute2's ip/iproute.c; the kernel refuses a gateway-less unicast route of wider scope.
    private static RouteScope DefaultScope(Route route) =>
        route switch
        {
            { Destination.BaseAddress.AddressFamily: AddressFamily.InterNetworkV6 } => RouteScope.Universe,
            { Type: RouteType.Local } => RouteScope.Host,
            { Type: RouteType.Broadcast or RouteType.Multicast or RouteType.Anycast } => RouteScope.Link,
            { Type: RouteType.Unicast, Gateway: null, NextHops: [] } => RouteScope.Link,
            _ => RouteScope.Universe,
        };

    private static MessageWriter Write(MessageWriter writer, Route route)
    {
        byte family = FamilyOf(route.Destination.BaseAddress);
        writer.Attribute(RTA_TABLE, route.Table);
        if (route.Destination.PrefixLength > 0)
            writer.Attribute(RTA_DST, route.Destination.BaseAddress);
        WriteGateway(writer, family, route.Gateway);
        if (route.IfIndex is { } ifIndex)
            writer.Attribute(RTA_OIF, ifIndex);
        if (route.PreferredSource is { } source)
            writer.Attribute(RTA_PREFSRC, source);
        if (route.Metric != 0)
            writer.Attribute(RTA_PRIORITY, route.Metric);
        if (route.MtuBytes is { } mtu)
        {
            using MessageWriter.NestScope metrics = writer.Nest(RTA_METRICS);
            writer.Attribute(RTAX_MTU, (uint)mtu);
        }
        if (route.NextHops.Count > 0)
            WriteNextHops(writer, family, route.NextHops);
        return writer;
    }

    private static void WriteGateway(MessageWriter writer, byte family, IPAddress? gateway)
    {
        if (gateway is null)
            return;
        byte gatewayFamily = FamilyOf(gateway);
        if (gatewayFamily == family)
            writer.Attribute(RTA_GATEWAY, gateway);
        else
            writer.Attribute(RTA_VIA, [gatewayFamily, 0, .. gateway.GetAddressBytes()]);
    }

    // Not marked as nested: its value is no list of attributes.
    private static void WriteNextHops(MessageWriter writer, byte family, IReadOnlyList<NextHop> hops)
    {
        using MessageWriter.NestScope multipath = writer.Open(RTA_MULTIPATH);
        foreach (NextHop hop in hops)
        {
            RtNextHop header = new()
            {
                Flags = (byte)(hop.Flags & RouteFlags.OnLink),
                Hops = checked((byte)(hop.Weight - 1)),
                Index = hop.IfIndex,
            };
            using MessageWriter.NestScope scope = writer.OpenNextHop(header);
            WriteGateway(writer, family, hop.Gateway);
        }
    }

    private static byte FamilyOf(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetwork ? AF_INET : AF_INET6;
}
