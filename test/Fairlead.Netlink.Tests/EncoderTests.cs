using CsCheck;
using Fairlead.Netlink.Interop;
using Fairlead.Netlink.Wire;
using static Fairlead.Netlink.Interop.Rtnetlink;

namespace Fairlead.Netlink.Tests;

/// <summary>What is written can be read back, and stands where the kernel looks for it.</summary>
public sealed class EncoderTests
{
    [Fact]
    public void AnyRoute_WrittenAndRead_IsTheSame() =>
        Generators.Route.Sample(route =>
            Assert.Equal(route, RouteDecoder.Decode(Payload(RouteEncoder.WriteAdd(route))))
        );

    [Fact]
    public void AnyMultipathRoute_WrittenAndRead_HasTheSameHops() =>
        Gen.Select(
                Generators.Route,
                Gen.Select(
                    Gen.Int[1, 9],
                    Generators.V6.Null(),
                    Gen.Int[1, 256],
                    (i, g, w) => new NextHop(i, g, w)
                ).List[1, 9]
            )
            .Sample(
                (route, hops) =>
                {
                    byte[] payload = Payload(RouteEncoder.WriteAdd(route with { NextHops = hops }));
                    Assert.Equal(hops, RouteDecoder.Decode(payload)!.NextHops);
                }
            );

    [Fact]
    public void AnyAddress_WrittenAndRead_IsTheSame() =>
        Generators.InterfaceAddress.Sample(address =>
        {
            MessageWriter writer = AddressCodec.Write(
                RTM_NEWADDR,
                0,
                7,
                address,
                peer: null,
                AddressFlags.NoPrefixRoute
            );
            AssignedAddress? read = AddressCodec.Decode(Payload(writer));
            Assert.Equal(address, read?.Address);
            Assert.Null(read?.Peer);
            Assert.Equal(7, read?.IfIndex);
            Assert.Equal(AddressFlags.NoPrefixRoute, read?.Flags);
        });

    [Fact]
    public void LinkChange_WrittenAndRead_IsTheSame()
    {
        LinkChange change = new()
        {
            Name = "net1",
            Alias = "märz",
            MacAddress = MacAddress.Parse("02:00:00:00:00:01"),
            MtuBytes = 1234,
            MasterIndex = 5,
        };
        MessageWriter writer = MessageWriter.Request(RTM_SETLINK, 0, new IfInfoMsg { Index = 9 });

        LinkCodec.WriteChange(writer, change);

        Link? read = LinkCodec.Decode(Payload(writer));
        Assert.Equal(9, read?.Index);
        Assert.Equal("net1", read?.Name);
        Assert.Equal("märz", read?.Alias);
        Assert.Equal(change.MacAddress, read?.MacAddress);
        Assert.Equal(1234, read?.MtuBytes);
        Assert.Equal(5, read?.MasterIndex);
    }

    [Fact]
    public void BridgeWithVlanFiltering_AsksForItInItsKindsData()
    {
        MessageWriter writer = MessageWriter.Request(RTM_NEWLINK, 0, default(IfInfoMsg));

        LinkCodec.WriteBridge(writer, "br0", new BridgeOptions { VlanFiltering = true });

        // IFLA_IFNAME "br0", then IFLA_LINKINFO { IFLA_INFO_KIND "bridge", IFLA_INFO_DATA { IFLA_BR_VLAN_FILTERING 1 } }
        string expected =
            "08000300"
            + "62723000"
            + "1c001280"
            + "0b000100"
            + "62726964676500"
            + "00"
            + "0c000280"
            + "05000700"
            + "01000000";
        Assert.Equal(expected, Convert.ToHexStringLower(Payload(writer)[16..]));
    }

    [Fact]
    public void ManyAttributes_GrowTheMessage_AndItsLengthSaysSo()
    {
        MessageWriter writer = MessageWriter.Request(RTM_SETLINK, 0, default(IfInfoMsg));
        for (int i = 0; i < 100; i++)
            writer.Attribute(IFLA_IFALIAS, new byte[i]);

        byte[] sealedMessage = writer.Seal(77).ToArray();

        MessageReader reader = new(sealedMessage);
        Assert.True(reader.MoveNext());
        Assert.Equal(77u, reader.Current.Header.Sequence);
        Assert.Equal(NLM_F_REQUEST | NLM_F_ACK, reader.Current.Header.Flags);
        AttributeReader.Split<IfInfoMsg>(reader.Current.Payload, out AttributeReader attributes);
        int expected = 0;
        foreach (NetlinkAttribute attribute in attributes)
            Assert.Equal(expected++, attribute.Value.Length);
        Assert.Equal(100, expected);
        Assert.False(reader.MoveNext());
    }

    private static byte[] Payload(MessageWriter writer) => writer.Seal(1).ToArray()[NlMsgHdr.Size..];
}
