using System.IO.Pipelines;
using Fairlead.Libvirt.Interop;

namespace Fairlead.Libvirt;

// The optional parameters are those of Stream's own declarations.
#pragma warning disable RS0027

/// <summary>
/// A domain's serial console as a duplex stream, on a connection of its own. It ends (reads return 0) when the domain stops,
/// and fails with <see cref="LibvirtException"/> when another client takes the console by force (VIR_ERR_RPC of
/// VIR_FROM_STREAMS) or the connection is lost. One reader and one writer may use it at the same time.
/// </summary>
public sealed partial class DomainConsole : Stream
{
    // A console closes by asking the daemon, which handles what was typed before first. A guest that reads nothing from its
    // serial port would hold that up for as long as it lives.
    private static readonly TimeSpan s_closeDeadline = TimeSpan.FromSeconds(5);

    private readonly LibvirtConnection _owner;
    private readonly ConnectionHandle _connection;
    private readonly string _domainName;
    private readonly StreamHandle _stream;

    // Without a threshold: libvirt's own queue in front of it has no bound either, pausing would only fill that one.
    private readonly Pipe _received = new(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false));
    private readonly Stream _reader;

    // Sending blocks while the daemon takes nothing.
    private readonly CallThreads _sends = new("libvirt console", maxThreads: 1);
    private readonly Lock _receiveGate = new();
    private bool _ended;
    private int _released;
    private int _disposed;

    private DomainConsole(LibvirtConnection owner, ConnectionHandle connection, string domainName, StreamHandle stream)
    {
        _owner = owner;
        _connection = connection;
        _domainName = domainName;
        _stream = stream;
        _reader = _received.Reader.AsStream();
    }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <summary>Not supported.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override long Length => throw new NotSupportedException();

    /// <summary>Not supported.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Reads what the guest has sent; waits for at least one byte.</summary>
    /// <param name="buffer">Where to put it.</param>
    /// <param name="cancellationToken">Stops the waiting; nothing is lost.</param>
    /// <returns>The number of bytes, 0 at the end.</returns>
    /// <exception cref="LibvirtException">The connection is lost.</exception>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _reader.ReadAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => _reader.Read(buffer, offset, count);

    /// <summary>Sends to the guest. Of what the guest does not read, the daemon keeps a little; then it waits.</summary>
    /// <param name="buffer">What to send.</param>
    /// <param name="cancellationToken">Stops the waiting; a part may have been sent.</param>
    /// <returns>Completes when it is on its way to the daemon.</returns>
    /// <exception cref="LibvirtException">The connection is lost, or the console has ended.</exception>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        return new ValueTask(_sends.RunAsync(() => Send(buffer.Span), cancellationToken));
    }

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) =>
        WriteAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    /// <summary>Does nothing: nothing is buffered on this side.</summary>
    public override void Flush() { }

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Not supported.</summary>
    /// <param name="offset">Unused.</param>
    /// <param name="origin">Unused.</param>
    /// <returns>Nothing.</returns>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <summary>Not supported.</summary>
    /// <param name="value">Unused.</param>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override void SetLength(long value) => throw new NotSupportedException();
}
