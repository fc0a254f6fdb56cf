using System.Buffers.Binary;

namespace Fairlead.Vmi.Packets;

/// <summary>
/// ICMP echo, what ping sends and gets (RFC 792), integers big-endian:
/// <code>
/// | type 1: 8 request, 0 reply | code 1 = 0 | checksum 2 | identifier 2 | sequence number 2 | data |
/// </code>
/// </summary>
internal sealed record EchoMessage(bool IsReply, ushort Identifier, ushort Sequence)
{
    private const int Bytes = 8;
    private const byte Request = 8;
    private const byte Reply = 0;

    /// <summary>Null for another ICMP message, and what is none.</summary>
    public static EchoMessage? Read(in Ipv4Packet packet)
    {
        ReadOnlySpan<byte> bytes = packet.Payload;
        if (packet.Protocol != Ipv4Packet.ProtocolIcmp || bytes.Length < Bytes || bytes[0] is not (Request or Reply))
            return null;
        return new EchoMessage(
            bytes[0] == Reply,
            BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]),
            BinaryPrimitives.ReadUInt16BigEndian(bytes[6..])
        );
    }

    public byte[] Write()
    {
        byte[] message = new byte[Bytes];
        message[0] = IsReply ? Reply : Request;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(4), Identifier);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(6), Sequence);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), Ipv4Packet.Checksum(message));
        return message;
    }
}
