using System.Net;
using Fairlead.Netlink.Interop;
using Fairlead.Netlink.Wire;

namespace Fairlead.Netlink.Tests;

/// <summary>The decoders on what a real kernel sent.</summary>
public sealed class DecoderTests
{
    [Fact]
    public void Links_AsCaptured_AreDecoded()
    {
        Link[] links = [.. CapturedReplies.Payloads("links").Select(bytes => LinkCodec.Decode(bytes)!)];

        Assert.Equal(["lo", "br0", "veth1", "veth0"], links.Select(link => link.Name));
        Assert.Equal([1, 2, 3, 4], links.Select(link => link.Index));
        Assert.Equal([null, "bridge", "veth", "veth"], links.Select(link => link.Kind));
        Link port = links[3];
        Assert.Equal(2, port.MasterIndex);
        Assert.Equal(3, port.PeerIndex);
        Assert.Null(port.LinkNetnsId);
        Assert.Equal("fairlead:demo", port.Alias);
        Assert.Equal(MacAddress.Parse("52:54:00:12:34:56"), port.MacAddress);
        Assert.Equal(1450, port.MtuBytes);
        Assert.True(port.IsUp);
        Assert.Equal(OperationalState.Up, port.OperationalState);
        Assert.Equal(AddressGenerationMode.Eui64, port.AddressGenerationMode);
        Assert.Equal(default(MacAddress), links[0].MacAddress);
        Assert.Equal(OperationalState.Unknown, links[0].OperationalState);
        Assert.All(links, link => Assert.NotNull(link.Statistics));
    }

    [Fact]
    public void Addresses_AsCaptured_AreDecoded()
    {
        AssignedAddress[] addresses =
        [
            .. CapturedReplies.Payloads("addresses").Select(bytes => AddressCodec.Decode(bytes)!),
        ];

        Assert.Equal(
            ["127.0.0.1/8", "10.244.1.7/24", "10.7.0.1/24", "::1/128", "fd00:10:244::7/64"],
            addresses.Take(5).Select(address => address.Address.ToString())
        );
        AssignedAddress limited = addresses[1];
        Assert.Equal(IPAddress.Parse("10.244.1.255"), limited.Broadcast);
        Assert.Equal("br0", limited.Label);
        Assert.Equal(TimeSpan.FromSeconds(3600), limited.ValidLifetime);
        Assert.Equal(TimeSpan.FromSeconds(1800), limited.PreferredLifetime);
        Assert.Null(limited.Peer);
        Assert.Equal(IPAddress.Parse("10.8.0.2"), addresses[2].Peer);
        Assert.Equal(AddressFlags.Permanent, addresses[2].Flags);
        Assert.Null(addresses[2].ValidLifetime);
        Assert.Equal(AddressFlags.Permanent | AddressFlags.NoDuplicateDetection, addresses[4].Flags);
        Assert.Equal(RouteScope.Link, addresses[5].Scope);
        Assert.True(addresses[5].Flags.HasFlag(AddressFlags.Tentative));
    }

    [Fact]
    public void Routes_AsCaptured_AreDecoded()
    {
        Route[] routes =
        [
            .. CapturedReplies
                .Payloads("routes4")
                .Concat(CapturedReplies.Payloads("routes6"))
                .Select(bytes => RouteDecoder.Decode(bytes)!),
        ];

        Route byDefault = routes.Single(route => route.Destination.ToString() == "0.0.0.0/0");
        Assert.Equal(IPAddress.Parse("10.244.1.1"), byDefault.Gateway);
        Assert.Equal(IPAddress.Parse("10.244.1.7"), byDefault.PreferredSource);
        Assert.Equal(50u, byDefault.Metric);
        Assert.Equal(1400, byDefault.MtuBytes);
        Assert.Equal(2, byDefault.IfIndex);
        Assert.Equal(Route.MainTable, byDefault.Table);
        Assert.Equal(RouteProtocol.Boot, byDefault.Protocol);
        Route viaOtherFamily = routes.Single(route => route.Destination.ToString() == "10.68.0.0/16");
        Assert.Equal(IPAddress.Parse("fe80::1"), viaOtherFamily.Gateway);
        Route multipath = routes.Single(route => route.Destination.ToString() == "10.50.0.0/16");
        Assert.Equal(
            [
                new NextHop(2, IPAddress.Parse("10.244.1.1"), Weight: 2),
                new NextHop(2, IPAddress.Parse("fd00:10:244::9")),
            ],
            multipath.NextHops
        );
        Route unreachable = routes.Single(route => route.Table == 1000);
        Assert.Equal(RouteType.Unreachable, unreachable.Type);
        Assert.Null(unreachable.IfIndex);
        Assert.Contains(routes, route => route is { Type: RouteType.Local, Table: Route.LocalTable });
        Route byDefaultV6 = routes.Single(route => route.Destination.ToString() == "::/0");
        Assert.Equal(IPAddress.Parse("fd00:10:244::1"), byDefaultV6.Gateway);
        Assert.Equal(1024u, byDefaultV6.Metric);
    }

    [Fact]
    public void Neighbours_AsCaptured_AreDecoded()
    {
        Neighbour?[] neighbours = [.. CapturedReplies.Payloads("neighbours").Select(b => NeighbourCodec.Decode(b))];

        Neighbour permanent = neighbours.OfType<Neighbour>().Single(n => n.Address.ToString() == "10.244.1.9");
        Assert.Equal(MacAddress.Parse("02:00:00:00:00:09"), permanent.MacAddress);
        Assert.Equal(NeighbourState.Permanent, permanent.State);
        Assert.Equal(2, permanent.IfIndex);
    }

    [Fact]
    public void ForwardingEntries_AsCaptured_AreDecoded_AndTheDevicesOwnFiltersLeftOut()
    {
        ForwardingEntry[] entries =
        [
            .. CapturedReplies.Payloads("forwarding").Select(b => ForwardingCodec.Decode(b)).OfType<ForwardingEntry>(),
        ];

        Assert.Equal(
            ["2e:22:72:91:21:dd", "02:00:00:00:00:09", "52:54:00:12:34:56"],
            entries.Select(entry => entry.MacAddress.ToString())
        );
        Assert.Equal([false, false, true], entries.Select(entry => entry.IsLocal));
        Assert.All(entries, entry => Assert.Equal((2, 4, null), (entry.BridgeIndex, entry.PortIndex, entry.VlanId)));
    }

    [Fact]
    public void Refusal_AsCaptured_HasTheKernelsText()
    {
        MessageReader reader = new(CapturedReplies.Messages("refused")[0]);
        Assert.True(reader.MoveNext());

        Acknowledgement refusal = Acknowledgement.Decode(reader.Current);

        Assert.Equal(new Acknowledgement(Errno.EINVAL, "mtu less than device minimum"), refusal);
    }

    [Fact]
    public void LinkMessageOfABridgePort_IsNotALink()
    {
        byte[] payload = CapturedReplies.Payloads("links").First();
        payload[0] = 7; // AF_BRIDGE

        Assert.Null(LinkCodec.Decode(payload));
    }

    [Fact]
    public void AttributeTooLongForItsMessage_IsMalformedAtItsOffset()
    {
        byte[] payload = CapturedReplies.Payloads("addresses").First();
        payload[8] = 0xff;
        payload[9] = 0xff;

        NetlinkFormatException e = Assert.Throws<NetlinkFormatException>(() => AddressCodec.Decode(payload));

        Assert.Equal(8, e.Offset);
    }

    [Fact]
    public void PrefixLongerThanTheAddress_IsMalformed()
    {
        byte[] address = CapturedReplies.Payloads("addresses").First();
        address[1] = 33;
        byte[] route = CapturedReplies.Payloads("routes4").First();
        route[1] = 33;

        Assert.Throws<NetlinkFormatException>(() => AddressCodec.Decode(address));
        Assert.Throws<NetlinkFormatException>(() => RouteDecoder.Decode(route));
    }

    [Fact]
    public void MonitoredDatagram_WithSeveralMessages_GivesTheirEvents()
    {
        byte[] added = CapturedReplies.Messages("addresses")[1];
        byte[] removed = [.. added];
        removed[4] = (byte)Rtnetlink.RTM_DELADDR;
        byte[] datagram = [.. CapturedReplies.Messages("links")[1], .. added, .. removed];

        List<RouteEvent> events = RouteMonitor.DecodeAll(datagram);

        Assert.Equal("br0", Assert.IsType<LinkEvent>(events[0]).Link.Name);
        Assert.Equal(RouteEventChange.Present, Assert.IsType<AddressEvent>(events[1]).Change);
        Assert.Equal(RouteEventChange.Removed, Assert.IsType<AddressEvent>(events[2]).Change);
        Assert.Equal(3, events.Count);
    }
}
