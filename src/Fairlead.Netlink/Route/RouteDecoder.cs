using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Fairlead.Netlink.Interop;
using Fairlead.Netlink.Wire;
using static Fairlead.Netlink.Interop.Rtnetlink;

namespace Fairlead.Netlink;

/// <summary>
/// RTM_*ROUTE: <see cref="RtMsg"/>, then attributes RTA_*. Addresses are in network byte order, the rest in the host's.
/// <code>
/// RTA_DST address, absent for a default route   RTA_GATEWAY address   RTA_VIA family u16, address (of another family)
/// RTA_OIF i32   RTA_PREFSRC address   RTA_PRIORITY u32   RTA_TABLE u32   RTA_METRICS { RTAX_MTU u32 }
/// RTA_MULTIPATH: any number of { rtnexthop 8 | RTA_GATEWAY or RTA_VIA }, each padded to 4 bytes
/// </code>
/// </summary>
internal static class RouteDecoder
{
    /// <summary>Null for a family other than IPv4 and IPv6, and for a cached exception (a PMTU, a redirect).</summary>
    public static Route? Decode(ReadOnlySpan<byte> payload)
    {
        RtMsg header = AttributeReader.Split<RtMsg>(payload, out AttributeReader attributes);
        if (header.Family is not (AF_INET or AF_INET6) || (header.Flags & RTM_F_CLONED) != 0)
            return null;
        Route route = new()
        {
            Destination = Destination(header, header.Family == AF_INET ? IPAddress.Any : IPAddress.IPv6Any),
            Table = header.Table,
            Protocol = (RouteProtocol)header.Protocol,
            Scope = (RouteScope)header.Scope,
            Type = (RouteType)header.Type,
            Flags = (RouteFlags)(header.Flags & 0xff),
        };
        foreach (NetlinkAttribute attribute in attributes)
            route = With(route, header, attribute);
        return route;
    }

    private static Route With(Route route, RtMsg header, in NetlinkAttribute attribute) =>
        attribute.Type switch
        {
            RTA_DST => route with { Destination = Destination(header, attribute.ReadAddress(header.Family)) },
            RTA_GATEWAY => route with { Gateway = attribute.ReadAddress(header.Family) },
            RTA_VIA => route with { Gateway = ReadVia(attribute) },
            RTA_OIF => route with { IfIndex = attribute.Read<int>() },
            RTA_PREFSRC => route with { PreferredSource = attribute.ReadAddress(header.Family) },
            RTA_PRIORITY => route with { Metric = attribute.Read<uint>() },
            RTA_TABLE => route with { Table = attribute.Read<uint>() },
            RTA_METRICS => route with { MtuBytes = ReadMtu(attribute) },
            RTA_MULTIPATH => route with { NextHops = ReadNextHops(attribute, header.Family) },
            _ => route,
        };

    private static IPNetwork Destination(RtMsg header, IPAddress address) =>
        header.DestinationLength <= InterfaceAddress.MaxPrefixLength(address.AddressFamily)
            ? new IPNetwork(address, header.DestinationLength)
            : throw new NetlinkFormatException($"Prefix length {header.DestinationLength}", 1);

    private static IPAddress ReadVia(in NetlinkAttribute via)
    {
        byte family = (byte)via.Read<ushort>();
        return new NetlinkAttribute(via.Type, via.Value[sizeof(ushort)..], via.Offset + sizeof(ushort)).ReadAddress(
            family
        );
    }

    private static int? ReadMtu(in NetlinkAttribute metrics)
    {
        foreach (NetlinkAttribute metric in metrics.Nested)
        {
            if (metric.Type == RTAX_MTU)
                return metric.Read<int>();
        }
        return null;
    }

    private static List<NextHop> ReadNextHops(in NetlinkAttribute multipath, byte family)
    {
        List<NextHop> hops = [];
        int offset = 0;
        while (multipath.Value.Length - offset >= Unsafe.SizeOf<RtNextHop>())
        {
            ReadOnlySpan<byte> rest = multipath.Value[offset..];
            RtNextHop hop = MemoryMarshal.Read<RtNextHop>(rest);
            if (hop.Length < Unsafe.SizeOf<RtNextHop>() || hop.Length > rest.Length)
                throw new NetlinkFormatException(
                    $"Next hop length {hop.Length} of {rest.Length}",
                    multipath.Offset + offset
                );
            hops.Add(ReadNextHop(hop, rest[..hop.Length], multipath.Offset + offset, family));
            offset += Math.Min(Alignment.Up(hop.Length), rest.Length);
        }
        return hops;
    }

    private static NextHop ReadNextHop(RtNextHop hop, ReadOnlySpan<byte> whole, int offset, byte family)
    {
        IPAddress? gateway = null;
        int start = Unsafe.SizeOf<RtNextHop>();
        foreach (NetlinkAttribute attribute in new AttributeReader(whole[start..], offset + start))
        {
            if (attribute.Type == RTA_GATEWAY)
                gateway = attribute.ReadAddress(family);
            else if (attribute.Type == RTA_VIA)
                gateway = ReadVia(attribute);
        }
        return new NextHop(hop.Index, gateway, hop.Hops + 1, (RouteFlags)hop.Flags);
    }
}
