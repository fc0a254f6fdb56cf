using Fairlead.Libvirt.Interop;

namespace Fairlead.Libvirt;

// How a console works: the daemon pushes the guest's output over the connection's socket whenever it likes. libvirt's event
// loop reads the socket, queues what came, and calls OnReadable on its thread; there it is moved into a pipe, from which
// readers take it on their own threads. So an idle console costs no thread.
//
// Each console has a connection of its own. What a guest does not read stays in the daemon as a pending message, and after
// five of these (max_client_requests, as for LibvirtConnection.MaxConcurrentCalls) the daemon reads nothing more from that
// client: some typing into a hung guest would end a shared connection, for everybody, by its keepalive time.
public sealed partial class DomainConsole
{
    private const int ReadSizeBytes = 4096;

    // A message of libvirt's protocol carries at most 4 MiB; older daemons 256 KiB less their header.
    private const int MaxSendBytes = 64 * 1024;

    /// <summary>Closes the console; what the guest sent and nobody read is dropped. Harmless when repeated.</summary>
    /// <returns>Completes when the daemon has let it go, so that it can be opened again, or after 5 s if
    /// the guest reads nothing; then it is let go when keepalive ends its connection.</returns>
    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            await ReleaseWithinDeadlineAsync().ConfigureAwait(false);
            _owner.Remove(this);
            End(failure: null);
        }
        GC.SuppressFinalize(this);
    }

    /// <summary>Opens a console on a call thread; takes the connection over, also when it fails.</summary>
    internal static DomainConsole Open(
        LibvirtConnection owner,
        ConnectionHandle connection,
        Domain domain,
        string? deviceAlias,
        DomainConsoleFlags flags,
        NativeCall call
    )
    {
        try
        {
            using DomainHandle handle = LibvirtConnection.LookUpDomain(call, connection, domain.Uuid);
            StreamHandle stream = call.Check(LibVirt.virStreamNew(connection, LibVirt.VIR_STREAM_NONBLOCK));
            var console = new DomainConsole(owner, connection, domain.Name, stream);
            console.Attach(handle, deviceAlias, flags, call);
            owner.Add(console);
            return console;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private unsafe void Attach(DomainHandle domain, string? deviceAlias, DomainConsoleFlags flags, NativeCall call)
    {
        bool opened = false;
        void* opaque = null;
        try
        {
            _ = call.Check(LibVirt.virDomainOpenConsole(domain, deviceAlias, _stream, (uint)flags));
            opened = true;
            opaque = EventCallbacks.Root(this);
            _ = call.Check(
                LibVirt.virStreamEventAddCallback(
                    _stream,
                    LibVirt.VIR_STREAM_EVENT_READABLE,
                    &EventCallbacks.StreamReadable,
                    opaque,
                    &EventCallbacks.Free
                )
            );
        }
        catch
        {
            if (opaque is not null)
                EventCallbacks.Unroot(opaque);
            if (opened)
                _ = LibVirt.virStreamAbort(_stream);
            _stream.Dispose();
            throw;
        }
    }

    /// <summary>On the event loop's thread: takes everything that has come. libvirt keeps the pointer alive meanwhile.</summary>
    internal unsafe void OnReadable(nint stream)
    {
        lock (_receiveGate)
        {
            int count = 1;
            while (count > 0 && !_ended)
            {
                Span<byte> space = _received.Writer.GetSpan(ReadSizeBytes);
                fixed (byte* data = space)
                    count = LibVirt.virStreamRecv(stream, data, (nuint)space.Length);
                _received.Writer.Advance(Math.Max(count, 0));
            }
            if (count is 0 or -1)
                End(count == 0 ? null : new NativeCall($"read console of domain {_domainName}").Failure());
            if (_ended)
                // The end stays readable: without this the event loop would call back without pause.
                _ = LibVirt.virStreamEventUpdateCallback(stream, 0);
            else
                // Completes at once: the pipe never pauses its writer.
                _ = _received.Writer.FlushAsync().AsTask();
        }
    }

    /// <summary>For a console whose opener has gone.</summary>
    internal void Abandon()
    {
        Release();
        _owner.Remove(this);
    }

    /// <summary>On the event loop's thread.</summary>
    internal void OnConnectionLost(LibvirtException lost) => End(lost);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            DisposeAsync().AsTask().GetAwaiter().GetResult();
        base.Dispose(disposing);
    }

    /// <summary>What has come stays readable, then the reader sees the end; the first end counts.</summary>
    private void End(Exception? failure)
    {
        lock (_receiveGate)
        {
            if (_ended)
                return;
            _ended = true;
            _received.Writer.Complete(failure);
        }
    }

    private unsafe int Send(ReadOnlySpan<byte> data)
    {
        var call = new NativeCall($"write to console of domain {_domainName}");
        int total = 0;
        while (total < data.Length)
        {
            ReadOnlySpan<byte> rest = data[total..Math.Min(data.Length, total + MaxSendBytes)];
            fixed (byte* start = rest)
                total += call.Check(LibVirt.virStreamSend(_stream, start, (nuint)rest.Length));
        }
        return total;
    }

    private async Task ReleaseWithinDeadlineAsync()
    {
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            Release();
            released.SetResult();
        })
        {
            Name = "libvirt console close",
            IsBackground = true,
        }.Start();
        try
        {
            await released.Task.WaitAsync(s_closeDeadline).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Log.ConsoleStuck(_owner.Logger, _domainName, s_closeDeadline);
        }
    }

    /// <summary>Gives the native resources back, once, however often it is called; waits for the daemon.</summary>
    private void Release()
    {
        if (Interlocked.Exchange(ref _released, 1) != 0)
            return;
        _ = LibVirt.virStreamEventRemoveCallback(_stream);
        // Finish lets what was typed arrive first. It fails on a stream that has ended; abort then drops our side of it.
        if (LibVirt.virStreamFinish(_stream) < 0)
            _ = LibVirt.virStreamAbort(_stream);
        _stream.Dispose();
        _connection.Dispose();
        _ = _sends.StopAsync();
    }
}
