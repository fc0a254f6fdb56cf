using System.Buffers.Binary;
using Fairlead.Netlink;

namespace Fairlead.Vmi.Packets;

/// <summary>
/// An Ethernet II frame as a packet socket delivers it, without its check sequence:
/// <code>
/// | destination 6 | source 6 | EtherType 2, big-endian | payload |
/// </code>
/// </summary>
internal readonly ref struct EthernetFrame
{
    public const int HeaderBytes = 14;
    public const ushort TypeIpv4 = 0x0800;
    public const ushort TypeArp = 0x0806;

    public static readonly MacAddress Broadcast = new([0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);

    private EthernetFrame(ReadOnlySpan<byte> frame)
    {
        Destination = new MacAddress(frame[..6]);
        Source = new MacAddress(frame[6..12]);
        Type = BinaryPrimitives.ReadUInt16BigEndian(frame[12..]);
        Payload = frame[HeaderBytes..];
    }

    public MacAddress Destination { get; }

    public MacAddress Source { get; }

    public ushort Type { get; }

    public ReadOnlySpan<byte> Payload { get; }

    public static bool TryRead(ReadOnlySpan<byte> bytes, out EthernetFrame frame)
    {
        bool isFrame = bytes.Length >= HeaderBytes;
        frame = isFrame ? new EthernetFrame(bytes) : default;
        return isFrame;
    }

    public static byte[] Write(MacAddress destination, MacAddress source, ushort type, ReadOnlySpan<byte> payload)
    {
        byte[] frame = new byte[HeaderBytes + payload.Length];
        destination.CopyTo(frame);
        source.CopyTo(frame.AsSpan(6));
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), type);
        payload.CopyTo(frame.AsSpan(HeaderBytes));
        return frame;
    }
}
