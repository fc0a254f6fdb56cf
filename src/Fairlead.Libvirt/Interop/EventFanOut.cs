using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Fairlead.Libvirt.Interop;

/// <summary>
/// Hands each event of one kind to every subscription. libvirt refuses to register the same function twice on a connection
/// ("event callback already tracked"), so there is one registration and the subscriptions are ours.
/// </summary>
internal sealed class EventFanOut<TEvent>(LibvirtConnection connection)
{
    private readonly ConcurrentDictionary<LibvirtEventSubscription<TEvent>, ChannelWriter<TEvent>> _subscriptions =
        new();
    private readonly Lock _gate = new();
    private Exception? _failure;
    private bool _completed;

    /// <summary>The connection, for the domains and networks that events name.</summary>
    public LibvirtConnection Connection => connection;

    public LibvirtEventSubscription<TEvent> Subscribe()
    {
        var events = Channel.CreateUnbounded<TEvent>();
        var subscription = new LibvirtEventSubscription<TEvent>(this, events.Reader);
        lock (_gate)
        {
            if (_completed)
                events.Writer.Complete(_failure);
            else
                _subscriptions[subscription] = events.Writer;
        }
        return subscription;
    }

    public void Unsubscribe(LibvirtEventSubscription<TEvent> subscription)
    {
        if (_subscriptions.TryRemove(subscription, out ChannelWriter<TEvent>? writer))
            _ = writer.TryComplete();
    }

    public void Publish(TEvent published)
    {
        foreach (ChannelWriter<TEvent> writer in _subscriptions.Values)
            _ = writer.TryWrite(published);
    }

    /// <summary>Ends all subscriptions, with a failure if the connection was lost; the first end counts.</summary>
    public void Complete(Exception? failure)
    {
        lock (_gate)
        {
            if (_completed)
                return;
            _completed = true;
            _failure = failure;
        }
        foreach (ChannelWriter<TEvent> writer in _subscriptions.Values)
            _ = writer.TryComplete(failure);
    }
}

/// <summary>Puts libvirt's kind into the upper bits of a detail or reason, as the public enums have it.</summary>
internal static class Details
{
    public static DomainLifecycleDetail Of(int kind, int detail) => (DomainLifecycleDetail)((kind << 8) | detail);

    public static DomainStateReason Reason(int state, int reason) => (DomainStateReason)((state << 8) | reason);
}
