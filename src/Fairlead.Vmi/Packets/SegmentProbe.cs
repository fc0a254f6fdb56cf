using System.Diagnostics;
using System.Net;
using Fairlead.Netlink;

namespace Fairlead.Vmi.Packets;

/// <summary>Asks those on a link's other side whether they are there, frame by frame, past the kernel's own stack.</summary>
/// <param name="socket">Bound to the link; blocks.</param>
/// <param name="mac">In whose name it asks.</param>
internal sealed class SegmentProbe(PacketSocket socket, MacAddress mac)
{
    private const int Tries = 3;

    // A guest under emulation on a busy machine takes its time.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    /// <summary>ARP: the first one that says it has the address, or null.</summary>
    /// <param name="target">The address.</param>
    /// <param name="own">The asker's address; 0.0.0.0 claims none.</param>
    /// <param name="tries">How often to ask while nobody answers; one second each.</param>
    public MacAddress? WhoHas(IPAddress target, IPAddress own, int tries = Tries)
    {
        byte[] request = ArpPacket.RequestFor(target, mac, own).Write();
        byte[] frame = EthernetFrame.Write(EthernetFrame.Broadcast, mac, EthernetFrame.TypeArp, request);
        return Ask(
            frame,
            bytes =>
                EthernetFrame.TryRead(bytes, out EthernetFrame heard)
                && heard.Type == EthernetFrame.TypeArp
                && ArpPacket.Read(heard.Payload) is { IsReply: true } reply
                && reply.SenderAddress.Equals(target)
                    ? reply.SenderMac
                    : (MacAddress?)null,
            tries
        );
    }

    /// <summary>ICMP echo: whether the station answers. The answer counts wherever it is going.</summary>
    public bool Ping(MacAddress station, IPAddress target, IPAddress own)
    {
        ushort identifier = (ushort)Random.Shared.Next(1, ushort.MaxValue);
        byte[] packet = Ipv4Packet.Write(
            Ipv4Packet.ProtocolIcmp,
            own,
            target,
            new EchoMessage(IsReply: false, identifier, Sequence: 1).Write()
        );
        return Ask(
            EthernetFrame.Write(station, mac, EthernetFrame.TypeIpv4, packet),
            bytes =>
                EthernetFrame.TryRead(bytes, out EthernetFrame heard)
                && heard.Type == EthernetFrame.TypeIpv4
                && Ipv4Packet.TryRead(heard.Payload, out Ipv4Packet reply)
                && reply.Source.Equals(target)
                && EchoMessage.Read(reply) is { IsReply: true } echo
                && echo.Identifier == identifier
                    ? station
                    : null
        )
            is not null;
    }

    /// <summary>DNS: whether the server says anything to a question.</summary>
    public bool AskDns(MacAddress nextHop, IPAddress server, IPAddress own)
    {
        ushort id = (ushort)Random.Shared.Next(1, ushort.MaxValue);
        IPEndPoint from = new(own, Random.Shared.Next(49_152, ushort.MaxValue));
        byte[] packet = UdpDatagram.Write(
            from,
            new IPEndPoint(server, UdpDatagram.Dns),
            DnsMessage.QuestionForTheRoot(id)
        );
        return Ask(
            EthernetFrame.Write(nextHop, mac, EthernetFrame.TypeIpv4, packet),
            bytes =>
                EthernetFrame.TryRead(bytes, out EthernetFrame heard)
                && heard.Type == EthernetFrame.TypeIpv4
                && Ipv4Packet.TryRead(heard.Payload, out Ipv4Packet reply)
                && reply.Source.Equals(server)
                && UdpDatagram.TryRead(reply, out UdpDatagram datagram)
                && datagram.DestinationPort == from.Port
                && DnsMessage.IsResponseTo(id, datagram.Data)
                    ? nextHop
                    : null
        )
            is not null;
    }

    private MacAddress? Ask(byte[] frame, Func<byte[], MacAddress?> answer, int tries = Tries)
    {
        for (int attempt = 0; attempt < tries; attempt++)
        {
            socket.Send(frame);
            long begin = Stopwatch.GetTimestamp();
            while (s_patience - Stopwatch.GetElapsedTime(begin) is { Ticks: > 0 } left)
            {
                if (socket.Receive(left) is { IsOutgoing: false } heard && answer(heard.Bytes) is { } answered)
                    return answered;
            }
        }

        return null;
    }
}
