using System.Buffers.Binary;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Fairlead.Vmi.Interop;
using Microsoft.Win32.SafeHandles;

namespace Fairlead.Vmi.Packets;

/// <summary>A frame that was seen on a link.</summary>
/// <param name="IfIndex">The link.</param>
/// <param name="IsOutgoing">The namespace sent it there; else it came from there.</param>
internal sealed record CapturedFrame(int IfIndex, bool IsOutgoing, byte[] Bytes);

/// <summary>
/// Sees and sends frames on a link, or sees those of all links of the network namespace, before bridge and firewall on
/// their way in and after them on their way out: what is dropped before it goes out is not seen on the link that it would
/// have gone to. It belongs to the namespace of the thread that opens it. Its calls block: it needs a thread of its own.
/// </summary>
internal sealed unsafe class PacketSocket : IDisposable
{
    public const int AllLinks = 0;

    private readonly SafeFileHandle _socket;
    private readonly byte[] _buffer = new byte[65_536];

    private PacketSocket(SafeFileHandle socket) => _socket = socket;

    /// <param name="ifIndex">The link, or <see cref="AllLinks"/>.</param>
    /// <param name="filter">Which frames to get.</param>
    /// <exception cref="IOException">The kernel refused; CAP_NET_RAW is needed.</exception>
    public static PacketSocket Open(int ifIndex, SockFilter[] filter)
    {
        // Protocol 0 hears nothing until it is bound: no frame gets in before the filter.
        int descriptor = LibPacket.Socket(LibPacket.AF_PACKET, LibPacket.SOCK_RAW | LibPacket.SOCK_CLOEXEC, 0);
        if (descriptor < 0)
            throw Failure("open a packet socket");
        PacketSocket socket = new(new SafeFileHandle(descriptor, ownsHandle: true));
        try
        {
            socket.Attach(filter);
            socket.Bind(ifIndex);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <exception cref="IOException">The link is down or gone.</exception>
    public void Send(ReadOnlySpan<byte> frame)
    {
        fixed (byte* bytes = frame)
        {
            if (LibPacket.Send(_socket, bytes, (nuint)frame.Length, 0) < 0)
                throw Failure("send a frame");
        }
    }

    /// <summary>The next frame; null when none comes in time.</summary>
    /// <exception cref="IOException">The kernel refused.</exception>
    public CapturedFrame? Receive(TimeSpan patience)
    {
        long begin = Stopwatch.GetTimestamp();
        while (true)
        {
            if (TryReceive(out CapturedFrame? frame))
                return frame;
            TimeSpan left = patience - Stopwatch.GetElapsedTime(begin);
            if (left <= TimeSpan.Zero)
                return null;
            Wait(left);
        }
    }

    public void Dispose() => _socket.Dispose();

    private bool TryReceive(out CapturedFrame? frame)
    {
        SockAddrLl from = default;
        uint addressLength = (uint)sizeof(SockAddrLl);
        fixed (byte* bytes = _buffer)
        {
            nint length = LibPacket.ReceiveFrom(
                _socket,
                bytes,
                (nuint)_buffer.Length,
                LibPacket.MSG_DONTWAIT,
                &from,
                &addressLength
            );
            // ENETDOWN: the link went down; the socket hears of it again when it comes back.
            int error = length < 0 ? Marshal.GetLastPInvokeError() : 0;
            if (error is not (0 or LibPacket.EAGAIN or LibPacket.EINTR or LibPacket.ENETDOWN))
                throw Failure("receive a frame");
            frame =
                length < 0
                    ? null
                    : new CapturedFrame(
                        from.IfIndex,
                        from.PacketType == LibPacket.PACKET_OUTGOING,
                        _buffer[..(int)length]
                    );
            return frame is not null;
        }
    }

    private void Wait(TimeSpan patience)
    {
        PollFd waiting = new()
        {
            Descriptor = (int)_socket.DangerousGetHandle(), // held by this object's caller
            Events = LibPacket.POLLIN,
        };
        _ = LibPacket.Poll(&waiting, 1, (int)Math.Ceiling(patience.TotalMilliseconds));
    }

    private void Attach(SockFilter[] filter)
    {
        fixed (SockFilter* instructions = filter)
        {
            SockFprog program = new() { Length = (ushort)filter.Length, Filter = instructions };
            int result = LibPacket.SetOption(
                _socket,
                LibPacket.SOL_SOCKET,
                LibPacket.SO_ATTACH_FILTER,
                &program,
                (uint)sizeof(SockFprog)
            );
            if (result != 0)
                throw Failure("filter a packet socket");
        }
    }

    private void Bind(int ifIndex)
    {
        SockAddrLl address = new()
        {
            Family = LibPacket.AF_PACKET,
            Protocol = BinaryPrimitives.ReverseEndianness(LibPacket.ETH_P_ALL),
            IfIndex = ifIndex,
        };
        if (LibPacket.Bind(_socket, &address, (uint)sizeof(SockAddrLl)) != 0)
            throw Failure($"bind a packet socket to link {ifIndex}");
    }

    private static IOException Failure(string operation) =>
        new($"{operation}: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
}
