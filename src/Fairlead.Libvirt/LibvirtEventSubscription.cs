using System.Threading.Channels;
using Fairlead.Libvirt.Interop;

namespace Fairlead.Libvirt;

/// <summary>
/// Events from the moment of subscribing on, in libvirt's order. Subscribe first and list the objects after, or changes
/// between the two are lost. Events wait in memory until they are read.
/// </summary>
/// <typeparam name="TEvent">The kind of events.</typeparam>
public sealed class LibvirtEventSubscription<TEvent> : IDisposable
{
    private readonly EventFanOut<TEvent> _source;

    internal LibvirtEventSubscription(EventFanOut<TEvent> source, ChannelReader<TEvent> reader)
    {
        _source = source;
        Reader = reader;
    }

    /// <summary>
    /// The events. It ends when this subscription or its connection is disposed, and fails with
    /// <see cref="LibvirtException"/> (<see cref="LibvirtException.IsConnectionLost"/>) when the daemon is gone.
    /// </summary>
    public ChannelReader<TEvent> Reader { get; }

    /// <summary>Reads the events one by one; see <see cref="Reader"/> for how it ends.</summary>
    /// <param name="cancellationToken">Stops the reading, not the subscription.</param>
    /// <returns>The events in libvirt's order.</returns>
    public IAsyncEnumerable<TEvent> ReadAllAsync(CancellationToken cancellationToken = default) =>
        Reader.ReadAllAsync(cancellationToken);

    /// <summary>Ends the subscription. Harmless when repeated, and after the connection's end.</summary>
    public void Dispose() => _source.Unsubscribe(this);
}
