using System.Buffers.Binary;
using System.Net;
using Fairlead.Netlink;

namespace Fairlead.Vmi.Packets;

/// <summary>
/// ARP for IPv4 over Ethernet (RFC 826), all integers big-endian:
/// <code>
/// | hardware type 2 = 1 | protocol type 2 = 0x0800 | 6 | 4 | operation 2: 1 request, 2 reply |
/// | sender's MAC 6 | sender's address 4 | target's MAC 6 | target's address 4 |
/// </code>
/// </summary>
internal sealed record ArpPacket(
    bool IsReply,
    MacAddress SenderMac,
    IPAddress SenderAddress,
    MacAddress TargetMac,
    IPAddress TargetAddress
)
{
    private const int Bytes = 28;
    private const ulong EthernetIpv4 = 0x0001_0800_06_04; // the first six bytes
    private const ushort Request = 1;
    private const ushort Reply = 2;

    /// <summary>A probe asks for an address without claiming one (RFC 5227, 1.1).</summary>
    public bool IsProbe => !IsReply && SenderAddress.Equals(IPAddress.Any);

    /// <summary>Says "this address is mine" to everybody, and asks nobody.</summary>
    public bool IsAnnouncement => SenderAddress.Equals(TargetAddress);

    public static ArpPacket RequestFor(IPAddress target, MacAddress sender, IPAddress senderAddress) =>
        new(IsReply: false, sender, senderAddress, default, target);

    /// <summary>Null for what is no ARP of Ethernet and IPv4, or cut short.</summary>
    public static ArpPacket? Read(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < Bytes || BinaryPrimitives.ReadUInt64BigEndian(payload) >> 16 != EthernetIpv4)
            return null;
        ushort operation = BinaryPrimitives.ReadUInt16BigEndian(payload[6..]);
        return operation is not (Request or Reply)
            ? null
            : new ArpPacket(
                operation == Reply,
                new MacAddress(payload[8..14]),
                new IPAddress(payload[14..18]),
                new MacAddress(payload[18..24]),
                new IPAddress(payload[24..28])
            );
    }

    public byte[] Write()
    {
        byte[] packet = new byte[Bytes];
        BinaryPrimitives.WriteUInt64BigEndian(packet, (EthernetIpv4 << 16) | (IsReply ? Reply : Request));
        SenderMac.CopyTo(packet.AsSpan(8));
        SenderAddress.TryWriteBytes(packet.AsSpan(14), out _);
        TargetMac.CopyTo(packet.AsSpan(18));
        TargetAddress.TryWriteBytes(packet.AsSpan(24), out _);
        return packet;
    }
}
