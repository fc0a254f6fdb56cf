using System.Net.Sockets;
using System.Runtime.InteropServices;
using Fairlead.Netlink.Interop;
using Fairlead.Netlink.Wire;

namespace Fairlead.Netlink.Tests;

/// <summary>
/// The kernel's end of a netlink socket, played over a pair of Unix datagram sockets: they keep the borders of messages
/// as netlink does.
/// </summary>
internal sealed class FakeKernel : IAsyncDisposable
{
    private readonly Socket _kernelEnd = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    public FakeKernel()
    {
        Socket clientEnd = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        string name = $"\0fl-netlink-{Guid.NewGuid():N}";
        _kernelEnd.Bind(new UnixDomainSocketEndPoint(name + "k"));
        clientEnd.Bind(new UnixDomainSocketEndPoint(name + "c"));
        _kernelEnd.Connect(clientEnd.LocalEndPoint!);
        clientEnd.Connect(_kernelEnd.LocalEndPoint!);
        Client = new NetlinkConnection(clientEnd, CapturedReplies.PortId);
    }

    public NetlinkConnection Client { get; }

    /// <summary>Receives one request and sends datagrams in answer to its header.</summary>
    public async Task<NlMsgHdr> AnswerAsync(Func<NlMsgHdr, IEnumerable<byte[]>> answer)
    {
        byte[] request = new byte[64 * 1024];
        int length = await _kernelEnd.ReceiveAsync(request, TestContext.Current.CancellationToken);
        NlMsgHdr header = MemoryMarshal.Read<NlMsgHdr>(request.AsSpan(0, length));
        foreach (byte[] datagram in answer(header))
            await _kernelEnd.SendAsync(datagram, TestContext.Current.CancellationToken);
        return header;
    }

    /// <summary>A message with another sequence number, or other flags.</summary>
    public static byte[] Rewrite(byte[] message, uint sequence, ushort flags = 2, uint portId = CapturedReplies.PortId)
    {
        byte[] copy = [.. message];
        NlMsgHdr header = MemoryMarshal.Read<NlMsgHdr>(copy);
        header.Sequence = sequence;
        header.Flags = flags;
        header.PortId = portId;
        MemoryMarshal.Write(copy, in header);
        return copy;
    }

    public static byte[] Acknowledge(uint sequence, int errno = 0, uint portId = CapturedReplies.PortId)
    {
        byte[] message = new byte[NlMsgHdr.Size + sizeof(int) + NlMsgHdr.Size];
        NlMsgHdr header = new()
        {
            Length = (uint)message.Length,
            Type = Rtnetlink.NLMSG_ERROR,
            Flags = Rtnetlink.NLM_F_CAPPED,
            Sequence = sequence,
            PortId = portId,
        };
        MemoryMarshal.Write(message, in header);
        MemoryMarshal.Write(message.AsSpan(NlMsgHdr.Size), -errno);
        return message;
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        _kernelEnd.Dispose();
    }
}
