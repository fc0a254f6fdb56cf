using System.Net;
using Fairlead.Integration.Tests.Netlink;
using Fairlead.Netlink;
using Fairlead.Vmi.Packets;

namespace Fairlead.Integration.Tests.Vmi;

/// <summary>Packet sockets, their filters and probes against a real kernel at the other end of a veth pair.</summary>
public sealed class PacketTests
{
    private static readonly IPAddress Near = IPAddress.Parse("10.9.0.1");
    private static readonly IPAddress Far = IPAddress.Parse("10.9.0.2");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task NeighbourThatIsThere_AnswersArpAndPing_AndAnotherAddressDoesNot()
    {
        await using ScratchNamespace here = await ScratchNamespace.CreateAsync();
        await using ScratchNamespace there = await ScratchNamespace.CreateAsync();
        (Link near, Link far) = await ConnectAsync(here, there);
        await here.Route.AddAddressAsync(near.Index, InterfaceAddress.Parse("10.9.0.1/24"), cancellationToken: Token);
        await there.Route.AddAddressAsync(far.Index, InterfaceAddress.Parse("10.9.0.2/24"), cancellationToken: Token);
        using PacketSocket socket = Open(here, near, PacketFilter.ArpAndIpv4);
        MacAddress own = near.MacAddress!.Value;
        SegmentProbe probe = new(socket, own);

        MacAddress? answered = await OwnThread.RunAsync("probe", () => probe.WhoHas(Far, IPAddress.Any));
        bool pinged = await OwnThread.RunAsync("probe", () => probe.Ping(far.MacAddress!.Value, Far, Near));
        MacAddress? nobody = await OwnThread.RunAsync(
            "probe",
            () => probe.WhoHas(IPAddress.Parse("10.9.0.3"), IPAddress.Any, tries: 1)
        );

        Assert.Equal(far.MacAddress, answered);
        Assert.True(pinged);
        Assert.Null(nobody);
    }

    [Fact]
    public async Task FilterForArpAndDhcp_LetsNothingElseThrough()
    {
        await using ScratchNamespace here = await ScratchNamespace.CreateAsync();
        await using ScratchNamespace there = await ScratchNamespace.CreateAsync();
        (Link near, Link far) = await ConnectAsync(here, there);
        MacAddress own = near.MacAddress!.Value;
        using PacketSocket sender = Open(here, near, PacketFilter.ArpAndIpv4);
        PacketSocket filtered = there.Netns.Run(() =>
            PacketSocket.Open(PacketSocket.AllLinks, PacketFilter.ArpAndDhcp)
        );
        using PacketCapture capture = PacketCapture.Start(filtered);

        sender.Send(Udp(own, 53, 1053));
        sender.Send(
            Ip(own, Ipv4Packet.Write(Ipv4Packet.ProtocolIcmp, Near, Far, new EchoMessage(false, 1, 1).Write()))
        );
        sender.Send(Udp(own, 68, 67));
        sender.Send(Udp(own, 67, 1067));
        sender.Send(
            EthernetFrame.Write(
                EthernetFrame.Broadcast,
                own,
                EthernetFrame.TypeArp,
                ArpPacket.RequestFor(Far, own, Near).Write()
            )
        );

        List<CapturedFrame> captured = [];
        while (captured.Count < 3)
            captured.Add(await capture.Frames.ReadAsync(Token));
        Assert.Equal([68, 67, 0], captured.Select(frame => SourcePort(frame.Bytes)));
        Assert.All(captured, frame => Assert.Equal((far.Index, false), (frame.IfIndex, frame.IsOutgoing)));
    }

    private static async Task<(Link Near, Link Far)> ConnectAsync(ScratchNamespace here, ScratchNamespace there)
    {
        Link near = await here.Route.AddVethAsync("near", "far", there.Netns, Token);
        Link far = (await there.Route.GetLinkAsync("far", Token))!;
        // Without IPv6 there is nothing on the wire that a test has not sent.
        LinkChange up = new() { Up = true, AddressGenerationMode = AddressGenerationMode.None };
        await here.Route.SetLinkAsync(near.Index, up, Token);
        await there.Route.SetLinkAsync(far.Index, up, Token);
        return (near, far);
    }

    private static PacketSocket Open(ScratchNamespace scratch, Link link, Fairlead.Vmi.Interop.SockFilter[] filter) =>
        scratch.Netns.Run(() => PacketSocket.Open(link.Index, filter));

    private static byte[] Udp(MacAddress source, int from, int to) =>
        Ip(source, UdpDatagram.Write(new IPEndPoint(Near, from), new IPEndPoint(Far, to), new byte[20]));

    private static byte[] Ip(MacAddress source, byte[] packet) =>
        EthernetFrame.Write(EthernetFrame.Broadcast, source, EthernetFrame.TypeIpv4, packet);

    private static int SourcePort(byte[] frame) =>
        EthernetFrame.TryRead(frame, out EthernetFrame ethernet)
        && Ipv4Packet.TryRead(ethernet.Payload, out Ipv4Packet packet)
        && UdpDatagram.TryRead(packet, out UdpDatagram datagram)
            ? datagram.SourcePort
            : 0;
}
