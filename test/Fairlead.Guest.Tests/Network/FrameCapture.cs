using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Fairlead.Netlink;

namespace Fairlead.Guest.Tests.Network;

/// <summary>An Ethernet frame on a link of the namespace that is watched.</summary>
/// <param name="Link">The link's name.</param>
/// <param name="IsOutgoing">Whether the namespace sent it there, or it came from there.</param>
/// <param name="Bytes">The frame from its destination MAC on.</param>
internal sealed record CapturedFrame(string Link, bool IsOutgoing, byte[] Bytes);

/// <summary>
/// Sees every frame on every link of a network namespace, in both directions, as packet(7) has it: what a bridge or a
/// firewall drops before it goes out is not seen on the link that it would have gone to.
/// </summary>
internal sealed partial class FrameCapture : IDisposable
{
    private const int SocketAddressBytes = 20; // struct sockaddr_ll
    private const ushort AllProtocols = 0x0003; // ETH_P_ALL, linux/if_ether.h
    private const byte Outgoing = 4; // PACKET_OUTGOING, linux/if_packet.h
    private const int LongestKept = 512; // bytes; enough for what tests look at

    private readonly CancellationTokenSource _end = new();
    private readonly List<(int Index, CapturedFrame Frame)> _frames = [];
    private readonly NetworkNamespace _namespace;
    private readonly Socket _socket;
    private readonly Thread _reading;

    private FrameCapture(NetworkNamespace networkNamespace, Socket socket)
    {
        _namespace = networkNamespace;
        _socket = socket;
        _reading = new Thread(Read) { IsBackground = true, Name = "frame capture" };
        _reading.Start();
    }

    /// <param name="namespacePath">Path of the namespace as this process sees it.</param>
    public static FrameCapture Start(string namespacePath)
    {
        NetworkNamespace networkNamespace = NetworkNamespace.Open(namespacePath);
        int protocol = (ushort)IPAddress.HostToNetworkOrder((short)AllProtocols);
        Socket socket = networkNamespace.Run(() =>
            new Socket(AddressFamily.Packet, SocketType.Raw, (ProtocolType)protocol)
        );
        socket.ReceiveTimeout = 100; // milliseconds: how soon the end is noticed
        return new FrameCapture(networkNamespace, socket);
    }

    /// <summary>What was seen up to now; links that are gone again have their index for a name.</summary>
    public async Task<IReadOnlyList<CapturedFrame>> ListAsync()
    {
        await using RouteSocket route = await RouteSocket.OpenAsync(_namespace, TestContext.Current.CancellationToken);
        IReadOnlyList<Link> links = await route.ListLinksAsync(TestContext.Current.CancellationToken);
        Dictionary<int, string> names = links.ToDictionary(link => link.Index, link => link.Name);
        lock (_frames)
            return [.. _frames.Select(f => f.Frame with { Link = names.GetValueOrDefault(f.Index, $"{f.Index}") })];
    }

    public void Dispose()
    {
        _end.Cancel();
        _reading.Join();
        _socket.Dispose();
        _namespace.Dispose();
        _end.Dispose();
    }

    // A thread of its own: .NET's own receive knows no addresses of this family.
    private void Read()
    {
        byte[] buffer = new byte[65536];
        byte[] address = new byte[SocketAddressBytes];
        while (!_end.IsCancellationRequested)
        {
            int addressLength = address.Length;
            nint length = ReceiveFrom(_socket.SafeHandle, buffer, buffer.Length, 0, address, ref addressLength);
            if (length > 0)
                Take(buffer.AsSpan(0, (int)length), address);
        }
    }

    // sockaddr_ll: family 2, protocol 2, ifindex 4, hatype 2, pkttype 1, halen 1, address 8.
    private void Take(ReadOnlySpan<byte> frame, ReadOnlySpan<byte> link)
    {
        CapturedFrame captured = new("", link[10] == Outgoing, frame[..Math.Min(frame.Length, LongestKept)].ToArray());
        lock (_frames)
            _frames.Add((BitConverter.ToInt32(link[4..8]), captured));
    }

    // recvfrom(2).
    [LibraryImport("libc", EntryPoint = "recvfrom", SetLastError = true)]
    private static partial nint ReceiveFrom(
        SafeHandle socket,
        Span<byte> buffer,
        nint length,
        int flags,
        Span<byte> address,
        ref int addressLength
    );
}
