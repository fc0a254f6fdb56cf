using System.Net.Sockets;

namespace Fairlead.Netlink.Wire;

/// <summary>Receives whole datagrams, whatever their size. One reader at a time.</summary>
internal sealed class DatagramReceiver(Socket socket)
{
    private byte[] _buffer = new byte[16 * 1024];

    /// <summary>The next datagram, in a buffer that the next call overwrites.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken cancellationToken)
    {
        // A short receive drops the rest of a datagram without a word. MSG_TRUNC makes the call return the datagram's
        // real length, MSG_PEEK leaves it in the queue (recv(2)).
        int length = await socket
            .ReceiveAsync(_buffer, SocketFlags.Peek | SocketFlags.Truncated, cancellationToken)
            .ConfigureAwait(false);
        if (length > _buffer.Length)
            _buffer = new byte[length];
        int received = await socket.ReceiveAsync(_buffer, SocketFlags.None, cancellationToken).ConfigureAwait(false);
        return _buffer.AsMemory(0, received);
    }
}
