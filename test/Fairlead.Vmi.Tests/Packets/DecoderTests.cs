using System.Net;
using CsCheck;
using Fairlead.Netlink;
using Fairlead.Vmi.Packets;

namespace Fairlead.Vmi.Tests.Packets;

public sealed class DecoderTests
{
    [Fact]
    public void ArpRequest_WrittenAndRead_IsTheSame()
    {
        ArpPacket request = ArpPacket.RequestFor(Frames.Gateway, Frames.Guest, Frames.Address);

        Assert.True(EthernetFrame.TryRead(Frames.Arp(request), out EthernetFrame frame));
        Assert.Equal(EthernetFrame.TypeArp, frame.Type);
        Assert.Equal(Frames.Guest, frame.Source);
        Assert.Equal(EthernetFrame.Broadcast, frame.Destination);
        ArpPacket? read = ArpPacket.Read(frame.Payload);
        Assert.Equal(request, read);
        Assert.False(read!.IsProbe);
        Assert.False(read.IsAnnouncement);
    }

    [Fact]
    public void ArpProbeAndAnnouncement_AreToldApart()
    {
        Assert.True(ArpPacket.RequestFor(Frames.Address, Frames.Guest, IPAddress.Any).IsProbe);
        Assert.True(ArpPacket.RequestFor(Frames.Address, Frames.Guest, Frames.Address).IsAnnouncement);
    }

    // What Linux 6.18 answered to a probe, captured at the other end of a veth pair.
    [Fact]
    public void ArpReply_AsCaptured_IsRead()
    {
        byte[] captured = Convert.FromHexString(
            "fe8a1be3af50"
                + "0a580a580004"
                + "0806"
                + "0001080006040002"
                + "0a580a580004"
                + "0a580004"
                + "fe8a1be3af50"
                + "00000000"
        );

        Assert.True(EthernetFrame.TryRead(captured, out EthernetFrame frame));
        ArpPacket? reply = ArpPacket.Read(frame.Payload);

        Assert.Equal(
            new ArpPacket(
                IsReply: true,
                Frames.Guest,
                Frames.Address,
                MacAddress.Parse("fe:8a:1b:e3:af:50"),
                IPAddress.Any
            ),
            reply
        );
    }

    [Fact]
    public void Echo_WrittenAndRead_IsTheSame_WithTheChecksumsOfTheRfc()
    {
        EchoMessage request = new(IsReply: false, 0x1234, 7);
        byte[] bytes = Ipv4Packet.Write(Ipv4Packet.ProtocolIcmp, Frames.Gateway, Frames.Address, request.Write());

        Assert.True(Ipv4Packet.TryRead(bytes, out Ipv4Packet packet));
        Assert.Equal(request, EchoMessage.Read(packet));
        Assert.Equal((Frames.Gateway, Frames.Address), (packet.Source, packet.Destination));
        // A sum over what holds its own checksum is zero (RFC 1071).
        Assert.Equal(0, Ipv4Packet.Checksum(bytes.AsSpan(0, 20)));
        Assert.Equal(0, Ipv4Packet.Checksum(packet.Payload));
    }

    // RFC 1071, 3: the example's bytes sum up to ddf2.
    [Fact]
    public void Checksum_OfTheRfcsExample() =>
        Assert.Equal(unchecked((ushort)~0xddf2), Ipv4Packet.Checksum(Convert.FromHexString("0001f203f4f5f6f7")));

    [Fact]
    public void DhcpAck_IsReadWithItsOptions()
    {
        DhcpMessage? ack = DhcpMessage.ReadFrame(
            Frames.Dhcp(
                isReply: true,
                "10.88.0.4",
                (53, [5]),
                (54, [169, 254, 75, 1]),
                (51, [255, 255, 255, 255]),
                (3, [10, 88, 0, 1]),
                (6, [10, 96, 0, 10, 1, 1, 1, 1]),
                (26, [0x05, 0xaa]),
                (12, "web"u8.ToArray()),
                (121, [0, 10, 88, 0, 1])
            )
        );

        Assert.NotNull(ack);
        Assert.True(ack.IsReply);
        Assert.Equal(42u, ack.TransactionId);
        Assert.Equal(DhcpMessageType.Ack, ack.Type);
        Assert.Equal(Frames.Address, ack.YourAddress);
        Assert.Equal(Frames.Guest, ack.ClientMac);
        Assert.Equal(IPAddress.Parse("169.254.75.1"), ack.Server);
        Assert.Equal(uint.MaxValue, ack.LeaseSeconds);
        Assert.Equal(Frames.Gateway, ack.Router);
        Assert.Equal(["10.96.0.10", "1.1.1.1"], ack.DnsServers.Select(server => server.ToString()));
        Assert.Equal(1450, ack.MtuBytes);
        Assert.Equal("web", ack.Hostname);
        Assert.True(ack.HasClasslessRoutes);
    }

    [Fact]
    public void DhcpOptionInTwoParts_IsJoined()
    {
        DhcpMessage? message = DhcpMessage.ReadFrame(
            Frames.Dhcp(isReply: false, "0.0.0.0", (12, "long-"u8.ToArray()), (12, "name"u8.ToArray()))
        );

        Assert.Equal("long-name", message!.Hostname);
    }

    [Fact]
    public void TextOfAGuest_LosesWhatATerminalWouldObey()
    {
        DhcpMessage? message = DhcpMessage.ReadFrame(
            Frames.Dhcp(isReply: false, "0.0.0.0", (12, "\e[31mred\n\a"u8.ToArray()))
        );

        Assert.Equal("[31mred", message!.Hostname);
    }

    [Fact]
    public void OptionCutShort_KeepsThoseBeforeIt()
    {
        byte[] frame = Frames.Dhcp(isReply: false, "0.0.0.0", (53, [1]), (12, "web"u8.ToArray()));
        byte[] data = frame[(14 + 20 + 8)..^3];

        DhcpMessage? message = DhcpMessage.Read(data);

        Assert.Equal(DhcpMessageType.Discover, message!.Type);
        Assert.Null(message.Hostname);
    }

    [Fact]
    public void DnsQuestion_IsAnsweredByItsOwnResponseOnly()
    {
        byte[] question = DnsMessage.QuestionForTheRoot(0xabcd);
        byte[] response = [.. question];
        response[2] |= 0x80;

        Assert.Equal("abcd01000001000000000000" + "00" + "0002" + "0001", Convert.ToHexStringLower(question));
        Assert.False(DnsMessage.IsResponseTo(0xabcd, question));
        Assert.True(DnsMessage.IsResponseTo(0xabcd, response));
        Assert.False(DnsMessage.IsResponseTo(0xabce, response));
    }

    [Fact]
    public void OtherPorts_AreNoDhcp()
    {
        byte[] frame = Frames.Dhcp(isReply: false, "0.0.0.0", (53, [1]));
        frame[14 + 20 + 1] = 53; // source port
        frame[14 + 20 + 3] = 53; // destination port

        Assert.Null(DhcpMessage.ReadFrame(frame));
    }

    [Fact]
    public void RandomBytes_AreReadOrRefused() => Gen.Byte.Array[0, 400].Sample(ReadAll, iter: 5_000);

    [Fact]
    public void Frames_WithBytesChangedOrCut_AreReadOrRefused() =>
        Gen.Select(
                Gen.Int[0, Samples().Length - 1].Select(index => Samples()[index]),
                Gen.Select(Gen.Int[0, 4000], Gen.Byte).Array[0, 8],
                Gen.Int[0, 400]
            )
            .Sample(
                (frame, changes, length) =>
                {
                    byte[] bytes = [.. frame.Take(length)];
                    foreach ((int position, byte value) in changes)
                    {
                        if (bytes.Length > 0)
                            bytes[position % bytes.Length] = value;
                    }
                    ReadAll(bytes);
                },
                iter: 10_000
            );

    private static byte[][] Samples() =>
        [
            Frames.Arp(ArpPacket.RequestFor(Frames.Gateway, Frames.Guest, Frames.Address)),
            Frames.Dhcp(isReply: true, "10.88.0.4", (53, [5]), (6, [1, 1, 1, 1]), (12, "web"u8.ToArray())),
            EthernetFrame.Write(
                Frames.Other,
                Frames.Guest,
                EthernetFrame.TypeIpv4,
                Ipv4Packet.Write(
                    Ipv4Packet.ProtocolIcmp,
                    Frames.Address,
                    Frames.Gateway,
                    new EchoMessage(IsReply: true, 1, 2).Write()
                )
            ),
        ];

    // None of it may throw, whatever a guest sends.
    private static void ReadAll(byte[] bytes)
    {
        _ = ArpPacket.Read(bytes);
        DhcpMessage? message = DhcpMessage.Read(bytes) ?? DhcpMessage.ReadFrame(bytes);
        _ = (message?.Type, message?.Router, message?.MtuBytes, message?.LeaseSeconds, message?.Message);
        _ = (message?.Hostname, message?.Server, message?.RequestedAddress, message?.DnsServers.Count);
        _ = DnsMessage.IsResponseTo(1, bytes);
        if (!EthernetFrame.TryRead(bytes, out EthernetFrame frame))
            return;
        _ = ArpPacket.Read(frame.Payload);
        if (Ipv4Packet.TryRead(frame.Payload, out Ipv4Packet packet))
            _ = EchoMessage.Read(packet);
    }
}
