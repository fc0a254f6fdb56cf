using System.Buffers.Binary;
using System.Net;

namespace Fairlead.Vmi.Packets;

/// <summary>
/// IPv4 (RFC 791), integers big-endian; fragments are not put together:
/// <code>
/// | version 4 bits = 4, header length 4 bits in words | TOS 1 | total length 2 | ID 2 | flags 3 bits, offset 13 |
/// | TTL 1 | protocol 1 | header checksum 2 | source 4 | destination 4 | options | payload |
/// </code>
/// </summary>
internal readonly ref struct Ipv4Packet
{
    public const byte ProtocolIcmp = 1;
    public const byte ProtocolUdp = 17;

    private const int HeaderBytes = 20;
    private const byte TimeToLive = 64;
    private const ushort FragmentBits = 0x3fff; // "more fragments" and the offset

    private Ipv4Packet(ReadOnlySpan<byte> packet, int headerBytes, int totalBytes)
    {
        Protocol = packet[9];
        Source = new IPAddress(packet[12..16]);
        Destination = new IPAddress(packet[16..20]);
        Payload = packet[headerBytes..totalBytes];
    }

    public byte Protocol { get; }

    public IPAddress Source { get; }

    public IPAddress Destination { get; }

    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>False for what is no whole IPv4 packet. Checksums are not looked at: on a virtual link they may be unset.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Ipv4Packet packet)
    {
        packet = default;
        if (bytes.Length < HeaderBytes || bytes[0] >> 4 != 4)
            return false;
        int headerBytes = (bytes[0] & 0xf) * 4;
        int totalBytes = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        bool isFragment = (BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]) & FragmentBits) != 0;
        if (headerBytes < HeaderBytes || totalBytes < headerBytes || totalBytes > bytes.Length || isFragment)
            return false;
        packet = new Ipv4Packet(bytes, headerBytes, totalBytes);
        return true;
    }

    public static byte[] Write(byte protocol, IPAddress source, IPAddress destination, ReadOnlySpan<byte> payload)
    {
        byte[] packet = new byte[HeaderBytes + payload.Length];
        packet[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        packet[8] = TimeToLive;
        packet[9] = protocol;
        source.TryWriteBytes(packet.AsSpan(12), out _);
        destination.TryWriteBytes(packet.AsSpan(16), out _);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), Checksum(packet.AsSpan(0, HeaderBytes)));
        payload.CopyTo(packet.AsSpan(HeaderBytes));
        return packet;
    }

    /// <summary>The Internet's checksum (RFC 1071): one's complement of the one's complement sum of 16-bit words.</summary>
    public static ushort Checksum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (; bytes.Length >= 2; bytes = bytes[2..])
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes);
        if (bytes.Length == 1)
            sum += (uint)bytes[0] << 8;
        while (sum >> 16 != 0)
            sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~sum;
    }
}
