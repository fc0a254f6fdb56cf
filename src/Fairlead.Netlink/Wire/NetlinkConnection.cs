using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using Fairlead.Netlink.Interop;

namespace Fairlead.Netlink.Wire;

/// <summary>Makes something of one message's payload, null for what is not of interest.</summary>
internal delegate T? MessageDecoder<T>(ReadOnlySpan<byte> payload)
    where T : class;

/// <summary>
/// Requests and their replies over one socket, one at a time. How it works: the kernel executes a request within
/// send(), so the reply, or a dump's first part, is in the queue when send() returns. That is why a request which was
/// sent is read to its end even if the caller has lost interest: it costs no waiting, no half-read dump blocks the
/// next one (EBUSY), and nobody is told "cancelled" about a change that was made.
/// </summary>
internal sealed class NetlinkConnection(Socket socket, uint portId) : IAsyncDisposable
{
    private const int DumpAttempts = 20;

    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private readonly DatagramReceiver _receiver = new(socket);
    private uint _sequence;

    /// <summary>Sends a request and decodes every message of its reply.</summary>
    /// <param name="request">The message.</param>
    /// <param name="operation">For the exception: what is tried, with its object.</param>
    /// <param name="decode">Called for each message of the reply.</param>
    /// <param name="cancellationToken">Heeded until the request is sent.</param>
    public async ValueTask<List<T>> ExchangeAsync<T>(
        MessageWriter request,
        string operation,
        MessageDecoder<T> decode,
        CancellationToken cancellationToken
    )
        where T : class
    {
        await _oneAtATime.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            for (int attempt = 0; attempt < DumpAttempts; attempt++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Reply<T> reply = await ExchangeOnceAsync(request, decode).ConfigureAwait(false);
                reply.Failure?.Throw();
                if (reply.End.Errno != Errno.None)
                    throw new NetlinkException(operation, reply.End.Errno, reply.End.KernelMessage);
                if (!reply.IsInterrupted)
                    return reply.Items;
            }
            throw new NetlinkException(operation, Errno.EINTR, "the dump changed each time it was read");
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.OperationAborted)
        {
            throw new ObjectDisposedException(nameof(RouteSocket), e);
        }
        catch (SocketException e)
        {
            throw new NetlinkException(operation, (Errno)e.NativeErrorCode);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Sends a request whose reply is only the acknowledgement.</summary>
    public async ValueTask ExecuteAsync(MessageWriter request, string operation, CancellationToken cancellationToken) =>
        await ExchangeAsync<object>(request, operation, static _ => null, cancellationToken).ConfigureAwait(false);

    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private async ValueTask<Reply<T>> ExchangeOnceAsync<T>(MessageWriter request, MessageDecoder<T> decode)
        where T : class
    {
        uint sequence = ++_sequence;
        Reply<T> reply = new(sequence, portId, decode);
        await socket.SendAsync(request.Seal(sequence), SocketFlags.None, CancellationToken.None).ConfigureAwait(false);
        do
        {
            ReadOnlyMemory<byte> datagram = await _receiver.ReceiveAsync(CancellationToken.None).ConfigureAwait(false);
            reply.Add(datagram.Span);
        } while (!reply.IsComplete);
        return reply;
    }

    private sealed class Reply<T>(uint sequence, uint portId, MessageDecoder<T> decode)
        where T : class
    {
        public List<T> Items { get; } = [];

        public bool IsComplete { get; private set; }

        public bool IsInterrupted { get; private set; }

        public Acknowledgement End { get; private set; }

        /// <summary>What a decoder threw first. The rest of the reply has to be read all the same.</summary>
        public ExceptionDispatchInfo? Failure { get; private set; }

        public void Add(ReadOnlySpan<byte> datagram)
        {
            foreach (NetlinkMessage message in new MessageReader(datagram))
            {
                // What an earlier request that failed half-way has left in the queue.
                if (message.Header.Sequence != sequence || message.Header.PortId != portId)
                    continue;
                IsInterrupted |= (message.Header.Flags & Rtnetlink.NLM_F_DUMP_INTR) != 0;
                AddMessage(message);
            }
        }

        private void AddMessage(in NetlinkMessage message)
        {
            switch (message.Header.Type)
            {
                case Rtnetlink.NLMSG_ERROR or Rtnetlink.NLMSG_DONE:
                    End = Acknowledgement.Decode(message);
                    IsComplete = true;
                    break;
                case not Rtnetlink.NLMSG_NOOP:
                    AddItem(message.Payload);
                    break;
            }
        }

        private void AddItem(ReadOnlySpan<byte> payload)
        {
            try
            {
                if (decode(payload) is { } item)
                    Items.Add(item);
            }
            catch (Exception e)
            {
                Failure ??= ExceptionDispatchInfo.Capture(e);
            }
        }
    }
}
