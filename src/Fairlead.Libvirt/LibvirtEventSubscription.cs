using System.Threading.Channels;

namespace Fairlead.Libvirt;

/// <summary>
/// Events from the moment of subscribing on, in libvirt's order. Subscribe first and list the objects after, or changes
/// between the two are lost. Events wait in memory until they are read.
/// </summary>
/// <typeparam name="TEvent">The kind of events.</typeparam>
public sealed class LibvirtEventSubscription<TEvent> : IAsyncDisposable, IConnectionMember
{
    private readonly Channel<TEvent> _events = Channel.CreateUnbounded<TEvent>();
    private readonly LibvirtConnection _connection;
    private Action? _unsubscribe;

    internal LibvirtEventSubscription(LibvirtConnection connection) => _connection = connection;

    internal ChannelWriter<TEvent> Writer => _events.Writer;

    /// <summary>
    /// The events. It ends when this subscription or its connection is disposed, and fails with
    /// <see cref="LibvirtException"/> (<see cref="LibvirtException.IsConnectionLost"/>) when the daemon is gone.
    /// </summary>
    public ChannelReader<TEvent> Reader => _events.Reader;

    /// <summary>Reads the events one by one; see <see cref="Reader"/> for how it ends.</summary>
    /// <param name="cancellationToken">Stops the reading, not the subscription.</param>
    /// <returns>The events in libvirt's order.</returns>
    public IAsyncEnumerable<TEvent> ReadAllAsync(CancellationToken cancellationToken = default) =>
        _events.Reader.ReadAllAsync(cancellationToken);

    /// <summary>Ends the subscription. Harmless when repeated, and after the connection's end.</summary>
    /// <returns>Completes when libvirt will not call back any more.</returns>
    public async ValueTask DisposeAsync()
    {
        _ = _events.Writer.TryComplete();
        await _connection.ReleaseAsync(this).ConfigureAwait(false);
    }

    internal void Bind(Action unsubscribe) => _unsubscribe = unsubscribe;

    void IConnectionMember.OnConnectionLost(LibvirtException lost) => _ = _events.Writer.TryComplete(lost);

    void IConnectionMember.Release()
    {
        _ = _events.Writer.TryComplete();
        Interlocked.Exchange(ref _unsubscribe, null)?.Invoke();
    }
}
