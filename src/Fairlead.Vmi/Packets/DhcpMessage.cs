using System.Buffers.Binary;
using System.Net;
using System.Text;
using Fairlead.Netlink;

namespace Fairlead.Vmi.Packets;

/// <summary>DHCP's message types (RFC 2132, 9.6).</summary>
internal enum DhcpMessageType
{
    Discover = 1,
    Offer = 2,
    Request = 3,
    Decline = 4,
    Ack = 5,
    Nak = 6,
    Release = 7,
    Inform = 8,
}

/// <summary>
/// A DHCP message (RFC 2131), integers big-endian:
/// <code>
/// | op 1: 1 request, 2 reply | htype 1 | hlen 1 | hops 1 | transaction ID 4 | seconds 2 | flags 2 |
/// | client's address 4 | "your" address 4 | next server 4 | relay 4 | client's MAC 16 | server's name 64 | file 128 |
/// | 63 82 53 63 | options: code 1, length 1, data; 0 pads, 255 ends |
/// </code>
/// What a message says in the fields of name and file when option 52 overloads them is not read.
/// </summary>
internal sealed class DhcpMessage
{
    private const int FixedBytes = 240;
    private const uint MagicCookie = 0x63825363;
    private const byte OpReply = 2;
    private const byte Pad = 0;
    private const byte End = 255;

    private readonly Dictionary<byte, byte[]> _options;

    private DhcpMessage(ReadOnlySpan<byte> data)
    {
        IsReply = data[0] == OpReply;
        TransactionId = BinaryPrimitives.ReadUInt32BigEndian(data[4..]);
        ClientAddress = new IPAddress(data[12..16]);
        YourAddress = new IPAddress(data[16..20]);
        ClientMac = new MacAddress(data[28..34]);
        _options = ReadOptions(data[FixedBytes..]);
    }

    public bool IsReply { get; }

    public uint TransactionId { get; }

    /// <summary>What the client has and uses already; 0.0.0.0 for nothing.</summary>
    public IPAddress ClientAddress { get; }

    /// <summary>What the server gives.</summary>
    public IPAddress YourAddress { get; }

    public MacAddress ClientMac { get; }

    /// <summary>Null for plain BOOTP.</summary>
    public DhcpMessageType? Type => Option(53) is [byte type] ? (DhcpMessageType)type : null;

    public IPAddress? RequestedAddress => Addresses(50).FirstOrDefault();

    public IPAddress? Server => Addresses(54).FirstOrDefault();

    public IPAddress? Router => Addresses(3).FirstOrDefault();

    public IReadOnlyList<IPAddress> DnsServers => Addresses(6);

    public string? Hostname => Text(12);

    /// <summary>Why a server refuses.</summary>
    public string? Message => Text(56);

    public int? MtuBytes => Option(26) is { Length: 2 } mtu ? BinaryPrimitives.ReadUInt16BigEndian(mtu) : null;

    /// <summary>Null when it is not said; the largest value means for ever.</summary>
    public uint? LeaseSeconds => Option(51) is { Length: 4 } lease ? BinaryPrimitives.ReadUInt32BigEndian(lease) : null;

    public bool HasClasslessRoutes => Option(121) is not null;

    /// <summary>Null for what is no DHCP or BOOTP of an Ethernet client, or cut short.</summary>
    public static DhcpMessage? Read(ReadOnlySpan<byte> data) =>
        data.Length < FixedBytes
        || data[2] != MacAddress.Length
        || BinaryPrimitives.ReadUInt32BigEndian(data[(FixedBytes - 4)..]) != MagicCookie
            ? null
            : new DhcpMessage(data);

    /// <summary>The DHCP message in an Ethernet frame; null when there is none.</summary>
    public static DhcpMessage? ReadFrame(ReadOnlySpan<byte> bytes) =>
        EthernetFrame.TryRead(bytes, out EthernetFrame frame)
        && frame.Type == EthernetFrame.TypeIpv4
        && Ipv4Packet.TryRead(frame.Payload, out Ipv4Packet packet)
        && UdpDatagram.TryRead(packet, out UdpDatagram datagram)
        && datagram
            is { SourcePort: UdpDatagram.DhcpServer or UdpDatagram.DhcpClient }
                or { DestinationPort: UdpDatagram.DhcpServer or UdpDatagram.DhcpClient }
            ? Read(datagram.Data)
            : null;

    // An option that comes twice is one that was too long for its length field (RFC 3396).
    private static Dictionary<byte, byte[]> ReadOptions(ReadOnlySpan<byte> bytes)
    {
        Dictionary<byte, byte[]> options = [];
        while (bytes is [not End, ..])
        {
            if (bytes[0] == Pad)
            {
                bytes = bytes[1..];
                continue;
            }

            if (bytes.Length < 2 || bytes.Length < 2 + bytes[1])
                break; // cut short: what came before it counts
            byte[] data = bytes.Slice(2, bytes[1]).ToArray();
            options[bytes[0]] = options.TryGetValue(bytes[0], out byte[]? before) ? [.. before, .. data] : data;
            bytes = bytes[(2 + bytes[1])..];
        }

        return options;
    }

    private byte[]? Option(byte code) => _options.GetValueOrDefault(code);

    private IReadOnlyList<IPAddress> Addresses(byte code) =>
        Option(code) is { } data ? [.. data.Chunk(4).Where(c => c.Length == 4).Select(c => new IPAddress(c))] : [];

    // It comes from a guest, and goes to a terminal.
    private string? Text(byte code) =>
        Option(code) is { Length: > 0 } data
            ? string.Concat(Encoding.ASCII.GetString(data).Where(c => c is > ' ' and < '\x7f' or ' '))
            : null;
}
