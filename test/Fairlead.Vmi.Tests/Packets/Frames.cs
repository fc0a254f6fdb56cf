using System.Net;
using Fairlead.Netlink;
using Fairlead.Vmi.Packets;

namespace Fairlead.Vmi.Tests.Packets;

/// <summary>Frames as guests, servers and neighbours send them.</summary>
internal static class Frames
{
    public static readonly MacAddress Guest = MacAddress.Parse("0a:58:0a:58:00:04");
    public static readonly MacAddress Other = MacAddress.Parse("02:00:00:00:00:07");
    public static readonly IPAddress Address = IPAddress.Parse("10.88.0.4");
    public static readonly IPAddress Gateway = IPAddress.Parse("10.88.0.1");

    public static byte[] Arp(ArpPacket packet) =>
        EthernetFrame.Write(EthernetFrame.Broadcast, packet.SenderMac, EthernetFrame.TypeArp, packet.Write());

    /// <summary>A DHCP message in its frame; options as code and data.</summary>
    public static byte[] Dhcp(bool isReply, string your, params (byte Code, byte[] Data)[] options)
    {
        byte[] message = new byte[240];
        message[0] = (byte)(isReply ? 2 : 1);
        message[1] = 1;
        message[2] = 6;
        message[7] = 42; // transaction ID
        IPAddress.Parse(your).TryWriteBytes(message.AsSpan(16), out _);
        Guest.CopyTo(message.AsSpan(28));
        Convert.FromHexString("63825363").CopyTo(message, 236);
        byte[] data =
        [
            .. message,
            .. options.SelectMany(option => (byte[])[option.Code, (byte)option.Data.Length, .. option.Data]),
            255,
        ];
        IPEndPoint client = new(IPAddress.Any, UdpDatagram.DhcpClient);
        IPEndPoint server = new(IPAddress.Parse("169.254.75.1"), UdpDatagram.DhcpServer);
        IPEndPoint all = new(IPAddress.Broadcast, isReply ? UdpDatagram.DhcpClient : UdpDatagram.DhcpServer);
        return EthernetFrame.Write(
            EthernetFrame.Broadcast,
            isReply ? Other : Guest,
            EthernetFrame.TypeIpv4,
            UdpDatagram.Write(isReply ? server : client, all, data)
        );
    }
}
