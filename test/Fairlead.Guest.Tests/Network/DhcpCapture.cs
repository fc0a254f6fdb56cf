using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Fairlead.Netlink;

namespace Fairlead.Guest.Tests.Network;

/// <summary>A DHCP frame on a link of the namespace that is watched.</summary>
/// <param name="Link">The link's name.</param>
/// <param name="IsOutgoing">Whether the namespace sent it there, or it came from there.</param>
/// <param name="Client">The MAC address of the client that asks or is answered.</param>
/// <param name="IsReply">From a server.</param>
internal sealed record DhcpFrame(string Link, bool IsOutgoing, string Client, bool IsReply);

/// <summary>
/// Sees every DHCP frame on every link of a network namespace, in both directions, as packet(7) has it: what a bridge or a
/// firewall drops before it goes out is not seen on the link that it would have gone to.
/// </summary>
internal sealed partial class DhcpCapture : IDisposable
{
    private const int SocketAddressBytes = 20; // struct sockaddr_ll
    private const ushort AllProtocols = 0x0003; // ETH_P_ALL, linux/if_ether.h
    private const byte Outgoing = 4; // PACKET_OUTGOING, linux/if_packet.h

    private readonly CancellationTokenSource _end = new();
    private readonly List<(int Index, DhcpFrame Frame)> _frames = [];
    private readonly NetworkNamespace _namespace;
    private readonly Socket _socket;
    private readonly Thread _reading;

    private DhcpCapture(NetworkNamespace networkNamespace, Socket socket)
    {
        _namespace = networkNamespace;
        _socket = socket;
        _reading = new Thread(Read) { IsBackground = true, Name = "DHCP capture" };
        _reading.Start();
    }

    /// <param name="namespacePath">Path of the namespace as this process sees it.</param>
    public static DhcpCapture Start(string namespacePath)
    {
        NetworkNamespace networkNamespace = NetworkNamespace.Open(namespacePath);
        int protocol = (ushort)IPAddress.HostToNetworkOrder((short)AllProtocols);
        Socket socket = networkNamespace.Run(() =>
            new Socket(AddressFamily.Packet, SocketType.Raw, (ProtocolType)protocol)
        );
        socket.ReceiveTimeout = 100; // milliseconds: how soon the end is noticed
        return new DhcpCapture(networkNamespace, socket);
    }

    /// <summary>What was seen up to now; links that are gone again have their index for a name.</summary>
    public async Task<IReadOnlyList<DhcpFrame>> ListAsync()
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
        if (Parse(frame, isOutgoing: link[10] == Outgoing) is not { } dhcp)
            return;
        lock (_frames)
            _frames.Add((BitConverter.ToInt32(link[4..8]), dhcp));
    }

    // Ethernet 14 bytes, IPv4 20 or more (protocol at 9), UDP 8, then BOOTP: client's hardware address at 28.
    private static DhcpFrame? Parse(ReadOnlySpan<byte> frame, bool isOutgoing)
    {
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
        return new DhcpFrame("", isOutgoing, client, IsReply: source == 67);
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
