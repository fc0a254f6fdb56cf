using System.Net;
using Fairlead.Vmi.Diagnosis;
using Fairlead.Vmi.Packets;
using Fairlead.Vmi.Tests.Packets;

namespace Fairlead.Vmi.Tests.Diagnosis;

public sealed class TraceNarratorTests
{
    private static readonly VnicEndpoint Endpoint = Sample.Endpoint("10.88.0.4/16");
    private static readonly byte[] Infinite = [255, 255, 255, 255];

    [Fact]
    public void Discover_IsAQuestionWithItsHostname()
    {
        byte[] frame = Frames.Dhcp(isReply: false, "0.0.0.0", (53, [1]), (12, "demo"u8.ToArray()));

        Assert.Equal(
            new TraceWords("dhcp", "DISCOVER", "guest asks for an address (DISCOVER, hostname demo)"),
            TraceNarrator.Tell(frame, TracePoint.FromGuest, Endpoint)
        );
    }

    [Fact]
    public void OfferRequestAndAck_AreToldWithTheirFacts()
    {
        (byte, byte[])[] facts = [(3, [10, 88, 0, 1]), (6, [1, 1, 1, 1]), (26, [5, 170]), (51, Infinite)];

        string?[] told =
        [
            Tell(Frames.Dhcp(isReply: true, "10.88.0.4", [(53, [2]), .. facts]), TracePoint.ToGuest),
            Tell(Frames.Dhcp(isReply: false, "0.0.0.0", (53, [3]), (50, [10, 88, 0, 4])), TracePoint.FromGuest),
            Tell(Frames.Dhcp(isReply: true, "10.88.0.4", [(53, [5]), .. facts]), TracePoint.ToGuest),
        ];

        Assert.Equal(
            [
                "server offers 10.88.0.4, router 10.88.0.1, DNS 1.1.1.1, MTU 1450, lease infinite (OFFER)",
                "guest wants 10.88.0.4 (REQUEST)",
                "server gives 10.88.0.4, router 10.88.0.1, DNS 1.1.1.1, MTU 1450, lease infinite (ACK)",
            ],
            told
        );
    }

    [Fact]
    public void Nak_IsOdd_WithTheServersReason()
    {
        byte[] frame = Frames.Dhcp(isReply: true, "0.0.0.0", (53, [6]), (56, "wrong address"u8.ToArray()));

        TraceWords? words = TraceNarrator.Tell(frame, TracePoint.ToGuest, Endpoint);

        Assert.Equal("server refuses: wrong address (NAK)", words?.Text);
        Assert.True(words!.IsOdd);
    }

    [Theory]
    [InlineData(nameof(TracePoint.FromGuest), "guest plays DHCP server (OFFER)")]
    [InlineData(nameof(TracePoint.FromNetwork), "server 10.0.0.9 on the network answers (OFFER): it goes no further")]
    [InlineData(nameof(TracePoint.ToNetwork), "DHCP leaves into the network (OFFER): the firewall's table is missing")]
    public void ReplyWhereNoneBelongs_IsOdd(string point, string text)
    {
        byte[] frame = Frames.Dhcp(isReply: true, "10.88.0.4", (53, [2]), (54, [10, 0, 0, 9]));

        TraceWords? words = TraceNarrator.Tell(frame, Enum.Parse<TracePoint>(point), Endpoint);

        Assert.Equal(text, words?.Text);
        Assert.True(words!.IsOdd);
    }

    [Fact]
    public void OthersDhcp_IsLeftOut()
    {
        VnicEndpoint other = Endpoint with { Mac = Frames.Other };

        Assert.Null(
            TraceNarrator.Tell(Frames.Dhcp(isReply: false, "0.0.0.0", (53, [1])), TracePoint.FromNetwork, other)
        );
        Assert.Null(
            TraceNarrator.Tell(Frames.Dhcp(isReply: true, "1.2.3.4", (53, [2])), TracePoint.FromNetwork, other)
        );
    }

    [Fact]
    public void Arp_BothWays_IsToldOnce()
    {
        byte[] asked = Frames.Arp(ArpPacket.RequestFor(Frames.Gateway, Frames.Guest, Frames.Address));
        byte[] answered = Frames.Arp(
            new ArpPacket(IsReply: true, Frames.Other, Frames.Gateway, Frames.Guest, Frames.Address)
        );

        Assert.Equal("guest asks who has 10.88.0.1", Tell(asked, TracePoint.FromGuest));
        Assert.Null(Tell(asked, TracePoint.ToNetwork));
        Assert.Equal("10.88.0.1 is at 02:00:00:00:00:07", Tell(answered, TracePoint.FromNetwork));
        Assert.Null(Tell(answered, TracePoint.ToGuest));
    }

    [Fact]
    public void ProbeAndAnnouncement_HaveTheirWords()
    {
        byte[] probe = Frames.Arp(ArpPacket.RequestFor(Frames.Address, Frames.Guest, IPAddress.Any));
        byte[] announcement = Frames.Arp(ArpPacket.RequestFor(Frames.Address, Frames.Guest, Frames.Address));

        Assert.Equal("guest asks whether anybody has 10.88.0.4", Tell(probe, TracePoint.FromGuest));
        Assert.Equal("guest says that it has 10.88.0.4", Tell(announcement, TracePoint.FromGuest));
    }

    [Fact]
    public void NeighbourAsksForTheGuest_IsTold_AndForAnotherOne_IsNot()
    {
        byte[] forUs = Frames.Arp(ArpPacket.RequestFor(Frames.Address, Frames.Other, Frames.Gateway));
        byte[] forAnother = Frames.Arp(
            ArpPacket.RequestFor(IPAddress.Parse("10.88.0.9"), Frames.Other, Frames.Gateway)
        );

        Assert.Equal("10.88.0.1 asks who has 10.88.0.4", Tell(forUs, TracePoint.FromNetwork));
        Assert.Null(Tell(forAnother, TracePoint.FromNetwork));
    }

    [Fact]
    public void ClaimOfAForeignAddress_IsOdd_OnBothSides()
    {
        byte[] guestClaims = Frames.Arp(ArpPacket.RequestFor(Frames.Gateway, Frames.Guest, Frames.Gateway));
        byte[] otherClaims = Frames.Arp(ArpPacket.RequestFor(Frames.Address, Frames.Other, Frames.Address));

        TraceWords? guest = TraceNarrator.Tell(guestClaims, TracePoint.FromGuest, Endpoint);
        TraceWords? other = TraceNarrator.Tell(otherClaims, TracePoint.FromNetwork, Endpoint);

        Assert.True(guest!.IsOdd);
        Assert.Equal("somebody else says that it has 10.88.0.4: 02:00:00:00:00:07", other?.Text);
        Assert.True(other!.IsOdd);
    }

    [Fact]
    public void OtherFrames_AreLeftOut() =>
        Assert.Null(TraceNarrator.Tell(new byte[60], TracePoint.FromGuest, Endpoint));

    private static string? Tell(byte[] frame, TracePoint point) => TraceNarrator.Tell(frame, point, Endpoint)?.Text;
}
