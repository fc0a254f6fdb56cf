using System.Buffers.Binary;
using System.Net.Sockets;
using Fairlead.Netlink;

namespace Fairlead.Guest.Tests.Network;

/// <summary>A DHCP frame on a link of the namespace that is watched.</summary>
/// <param name="Link">The link's name.</param>
/// <param name="IsOutgoing">Whether the namespace sent it there, or it came from there.</param>
/// <param name="Client">The MAC address of the client that asks or is answered.</param>
/// <param name="IsReply">From a server.</param>
internal sealed record DhcpFrame(string Link, bool IsOutgoing, string Client, bool IsReply);

/// <summary>Sees every DHCP frame on every link of a network namespace, in both directions.</summary>
internal sealed class DhcpCapture : IDisposable
{
    private readonly FrameCapture _capture;

    private DhcpCapture(FrameCapture capture) => _capture = capture;

    /// <param name="namespacePath">Path of the namespace as this process sees it.</param>
    public static DhcpCapture Start(string namespacePath) => new(FrameCapture.Start(namespacePath));

    /// <summary>What was seen up to now; links that are gone again have their index for a name.</summary>
    public async Task<IReadOnlyList<DhcpFrame>> ListAsync() =>
        [.. (await _capture.ListAsync()).Select(Parse).OfType<DhcpFrame>()];

    public void Dispose() => _capture.Dispose();

    // Ethernet 14 bytes, IPv4 20 or more (protocol at 9), UDP 8, then BOOTP: client's hardware address at 28.
    private static DhcpFrame? Parse(CapturedFrame captured)
    {
        ReadOnlySpan<byte> frame = captured.Bytes;
        if (frame.Length < 34 || frame[12] != 0x08 || frame[13] != 0x00 || frame[23] != (byte)ProtocolType.Udp)
            return null;
        ReadOnlySpan<byte> udp = frame[(14 + ((frame[14] & 0xf) * 4))..];
        if (udp.Length < 8 + 34)
            return null;
        ushort source = BinaryPrimitives.ReadUInt16BigEndian(udp);
        ushort destination = BinaryPrimitives.ReadUInt16BigEndian(udp[2..]);
        if (source is not (67 or 68) && destination is not (67 or 68))
            return null;
        string client = new MacAddress(udp.Slice(8 + 28, 6)).ToString();
        return new DhcpFrame(captured.Link, captured.IsOutgoing, client, IsReply: source == 67);
    }
}
