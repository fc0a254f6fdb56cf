using System.Buffers.Binary;
using System.Net;

namespace Fairlead.Vmi.Packets;

/// <summary>
/// UDP over IPv4 (RFC 768), integers big-endian:
/// <code>
/// | source port 2 | destination port 2 | length 2, with these 8 bytes | checksum 2, 0 for none | data |
/// </code>
/// </summary>
internal readonly ref struct UdpDatagram
{
    private const int HeaderBytes = 8;

    public const ushort DhcpServer = 67;
    public const ushort DhcpClient = 68;
    public const ushort Dns = 53;

    private UdpDatagram(ReadOnlySpan<byte> bytes, int length)
    {
        SourcePort = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        Data = bytes[HeaderBytes..length];
    }

    public ushort SourcePort { get; }

    public ushort DestinationPort { get; }

    public ReadOnlySpan<byte> Data { get; }

    public static bool TryRead(in Ipv4Packet packet, out UdpDatagram datagram)
    {
        datagram = default;
        ReadOnlySpan<byte> bytes = packet.Payload;
        if (packet.Protocol != Ipv4Packet.ProtocolUdp || bytes.Length < HeaderBytes)
            return false;
        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);
        if (length < HeaderBytes || length > bytes.Length)
            return false;
        datagram = new UdpDatagram(bytes, length);
        return true;
    }

    /// <summary>An IPv4 packet with the datagram; no checksum, which IPv4 allows.</summary>
    public static byte[] Write(IPEndPoint source, IPEndPoint destination, ReadOnlySpan<byte> data)
    {
        byte[] datagram = new byte[HeaderBytes + data.Length];
        BinaryPrimitives.WriteUInt16BigEndian(datagram, (ushort)source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(2), (ushort)destination.Port);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(4), (ushort)datagram.Length);
        data.CopyTo(datagram.AsSpan(HeaderBytes));
        return Ipv4Packet.Write(Ipv4Packet.ProtocolUdp, source.Address, destination.Address, datagram);
    }
}
