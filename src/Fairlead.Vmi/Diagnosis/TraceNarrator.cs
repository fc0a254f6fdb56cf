using System.Globalization;
using System.Net;
using Fairlead.Vmi.Packets;

namespace Fairlead.Vmi.Diagnosis;

/// <summary>On which of a vNIC's links a frame was seen, and which way it went there.</summary>
internal enum TracePoint
{
    FromGuest,
    ToGuest,
    FromNetwork,
    ToNetwork,
}

/// <summary>What a frame says, in words.</summary>
/// <param name="Protocol">"dhcp" or "arp".</param>
/// <param name="Type">"DISCOVER", "request" and so on, in the protocol's own word.</param>
/// <param name="Text">A sentence for people.</param>
/// <param name="IsOdd">It should not be.</param>
internal sealed record TraceWords(string Protocol, string Type, string Text, bool IsOdd = false);

/// <summary>
/// Tells a vNIC's DHCP and ARP frames in words, each once: where it enters the vNIC's bridge, or leaves the DHCP server
/// for the guest. What others on the network say among themselves is left out. Pure.
/// </summary>
internal static class TraceNarrator
{
    /// <param name="bytes">The frame.</param>
    /// <param name="point">Where it was seen.</param>
    /// <param name="endpoint">The vNIC's, or null while it is not known.</param>
    public static TraceWords? Tell(ReadOnlySpan<byte> bytes, TracePoint point, VnicEndpoint? endpoint)
    {
        if (DhcpMessage.ReadFrame(bytes) is { } dhcp)
            return TellDhcp(dhcp, point, endpoint);
        return
            EthernetFrame.TryRead(bytes, out EthernetFrame frame)
            && frame.Type == EthernetFrame.TypeArp
            && ArpPacket.Read(frame.Payload) is { } arp
            ? TellArp(arp, point, endpoint)
            : null;
    }

    private static TraceWords? TellDhcp(DhcpMessage dhcp, TracePoint point, VnicEndpoint? endpoint)
    {
        bool isOurs = endpoint is null || dhcp.ClientMac == endpoint.Mac;
        string type = $"{dhcp.Type}".ToUpperInvariant();
        return point switch
        {
            TracePoint.FromGuest when dhcp.IsReply => new(
                "dhcp",
                type,
                $"guest plays DHCP server ({type})",
                IsOdd: true
            ),
            TracePoint.FromGuest => new("dhcp", type, Question(dhcp, type) + As(dhcp, isOurs), !isOurs),
            TracePoint.ToGuest when dhcp.IsReply => new(
                "dhcp",
                type,
                Reply(dhcp, type),
                dhcp.Type == DhcpMessageType.Nak
            ),
            TracePoint.FromNetwork when dhcp.IsReply && isOurs => new(
                "dhcp",
                type,
                $"server {dhcp.Server} on the network answers ({type}): it goes no further",
                IsOdd: true
            ),
            TracePoint.ToNetwork when isOurs => new(
                "dhcp",
                type,
                $"DHCP leaves into the network ({type}): the firewall's table is missing",
                IsOdd: true
            ),
            _ => null,
        };
    }

    private static string Question(DhcpMessage dhcp, string type) =>
        dhcp.Type switch
        {
            DhcpMessageType.Discover =>
                $"guest asks for an address ({type}{Known(", hostname ", dhcp.Hostname)}{Known(", last time it had ", dhcp.RequestedAddress)})",
            DhcpMessageType.Request => $"guest wants {dhcp.RequestedAddress ?? dhcp.ClientAddress} ({type})",
            DhcpMessageType.Decline => $"guest declines {dhcp.RequestedAddress}: somebody else answers for it ({type})",
            DhcpMessageType.Release => $"guest gives {dhcp.ClientAddress} back ({type})",
            DhcpMessageType.Inform => $"guest has {dhcp.ClientAddress} and asks for the rest ({type})",
            _ => "guest asks in BOOTP, without DHCP",
        };

    private static string As(DhcpMessage dhcp, bool isOurs) =>
        isOurs ? "" : $", as {dhcp.ClientMac}, which is not its own";

    private static string Reply(DhcpMessage dhcp, string type)
    {
        string facts = string.Concat(
            Known(", router ", dhcp.Router),
            Known(", DNS ", dhcp.DnsServers is [] ? null : string.Join(" ", dhcp.DnsServers)),
            Known(", MTU ", dhcp.MtuBytes?.ToString(CultureInfo.InvariantCulture)),
            dhcp.HasClasslessRoutes ? ", routes" : "",
            Known(", lease ", LeaseOf(dhcp))
        );
        return dhcp.Type switch
        {
            DhcpMessageType.Offer => $"server offers {dhcp.YourAddress}{facts} ({type})",
            DhcpMessageType.Ack => $"server gives {dhcp.YourAddress}{facts} ({type})",
            DhcpMessageType.Nak => $"server refuses{Known(": ", dhcp.Message)} ({type})",
            _ => $"server answers ({type})",
        };
    }

    private static string? LeaseOf(DhcpMessage dhcp) =>
        dhcp.LeaseSeconds switch
        {
            null => null,
            uint.MaxValue => "infinite",
            { } seconds => string.Create(CultureInfo.InvariantCulture, $"{seconds} s"),
        };

    private static TraceWords? TellArp(ArpPacket arp, TracePoint point, VnicEndpoint? endpoint)
    {
        string type = arp.IsReply ? "reply" : "request";
        return point switch
        {
            TracePoint.FromGuest => FromGuest(arp, type, endpoint),
            TracePoint.FromNetwork => FromNetwork(arp, type, endpoint),
            _ => null, // told where it came in
        };
    }

    private static TraceWords FromGuest(ArpPacket arp, string type, VnicEndpoint? endpoint)
    {
        bool isForeign =
            endpoint is { Addresses: not [] }
            && !arp.SenderAddress.Equals(IPAddress.Any)
            && (!IsOurs(arp.SenderAddress, endpoint) || arp.SenderMac != endpoint.Mac);
        string claim = isForeign ? $", as {arp.SenderAddress} at {arp.SenderMac}, which is not its own" : "";
        string text =
            arp.IsProbe ? $"guest asks whether anybody has {arp.TargetAddress}"
            : arp.IsAnnouncement ? $"guest says that it has {arp.SenderAddress}"
            : arp.IsReply ? $"guest answers: {arp.SenderAddress} is at {arp.SenderMac}"
            : $"guest asks who has {arp.TargetAddress}";
        return new TraceWords("arp", type, text + claim, isForeign);
    }

    private static TraceWords? FromNetwork(ArpPacket arp, string type, VnicEndpoint? endpoint)
    {
        if (endpoint is null)
            return null;
        if (IsOurs(arp.SenderAddress, endpoint) && arp.SenderMac != endpoint.Mac)
            return new TraceWords(
                "arp",
                type,
                $"somebody else says that it has {arp.SenderAddress}: {arp.SenderMac}",
                IsOdd: true
            );
        if (arp.IsReply)
            return arp.TargetMac == endpoint.Mac
                ? new TraceWords("arp", type, $"{arp.SenderAddress} is at {arp.SenderMac}")
                : null;
        return IsOurs(arp.TargetAddress, endpoint)
            ? new TraceWords("arp", type, $"{Asker(arp)} asks who has {arp.TargetAddress}")
            : null;
    }

    private static string Asker(ArpPacket arp) => arp.IsProbe ? $"{arp.SenderMac}" : $"{arp.SenderAddress}";

    private static bool IsOurs(IPAddress address, VnicEndpoint endpoint) =>
        endpoint.Addresses.Any(own => own.Address.Equals(address));

    private static string Known(string label, object? value) => value is null ? "" : $"{label}{value}";
}
