using System.Text.Json.Nodes;
using System.Threading.Channels;
using Fairlead.Kubernetes.Events;
using Fairlead.Kubernetes.Informing;
using Microsoft.Extensions.Logging;

namespace Fairlead.Kubernetes;

public enum EventKind
{
    Normal,
    Warning,
}

/// <summary>
/// Writes events.k8s.io/v1 events in the background; recording never waits and never fails. The same event again becomes a
/// count of the first one, and an object that has very many different ones loses some (<see cref="EventSeriesTable"/>).
/// While the server is away the last thousand are kept.
/// </summary>
public sealed partial class EventRecorder : IAsyncDisposable
{
    private const int Kept = 1000;

    private static readonly TimeSpan s_seriesPeriod = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_flushTimeout = TimeSpan.FromSeconds(2);

    private readonly KubernetesClient _client;
    private readonly string _controller;
    private readonly string _instance;
    private readonly TimeProvider _time;
    private readonly EventSeriesTable _table;
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<ClusterEvent> _new;
    private readonly Task _writing;
    private readonly Task _counting;

    /// <param name="client">Where to.</param>
    /// <param name="controller">Who reports, as <c>fairlead.dev/agent</c>.</param>
    /// <param name="instance">Which of them, as the node's name.</param>
    /// <param name="time">The clock.</param>
    public EventRecorder(KubernetesClient client, string controller, string instance, TimeProvider? time = null)
    {
        _client = client;
        _controller = controller;
        _instance = instance;
        _time = time ?? TimeProvider.System;
        _table = new EventSeriesTable(_time);
        _new = Channel.CreateBounded<ClusterEvent>(
            new BoundedChannelOptions(Kept) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true }
        );
        _writing = WriteNewAsync(_stop.Token);
        _counting = WriteCountsAsync(_stop.Token);
    }

    /// <param name="regarding">The object that it happened to.</param>
    /// <param name="kind">Whether it is bad.</param>
    /// <param name="reason">One word in CamelCase.</param>
    /// <param name="action">What was being done, one word in CamelCase.</param>
    /// <param name="note">A sentence; more than 1024 bytes are cut.</param>
    public void Record(ObjectReference regarding, EventKind kind, string reason, string action, string note)
    {
        string type = kind == EventKind.Warning ? "Warning" : "Normal";
        EventIdentity identity = new(
            regarding.Kind,
            regarding.Namespace,
            regarding.Name,
            regarding.Uid,
            type,
            reason,
            note
        );
        string? name = _table.Add(identity);
        if (name is null)
            return;
        _new.Writer.TryWrite(
            new ClusterEvent
            {
                Metadata = new ObjectMeta { Name = name, Namespace = EventIdentity.NamespaceOf(regarding.Namespace) },
                EventTime = _time.GetUtcNow(),
                ReportingController = _controller,
                ReportingInstance = _instance,
                Action = action,
                Reason = reason,
                Regarding = regarding,
                Note = EventIdentity.Cut(note),
                Type = type,
            }
        );
    }

    /// <summary>Writes what is waiting, for a moment.</summary>
    public async ValueTask DisposeAsync()
    {
        _new.Writer.TryComplete();
        try
        {
            await _writing.WaitAsync(s_flushTimeout, _time, CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException) { }

        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_writing, _counting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task WriteNewAsync(CancellationToken cancellationToken)
    {
        await foreach (ClusterEvent happened in _new.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            await TryAsync(
                    () => _client.CreateAsync(ClusterEvent.Resource, happened, null, cancellationToken),
                    cancellationToken
                )
                .ConfigureAwait(false);
    }

    private async Task WriteCountsAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(s_seriesPeriod, _time, cancellationToken).ConfigureAwait(false);
            foreach (CountedEvent counted in _table.TakeChanged())
            {
                JsonObject series = new()
                {
                    ["count"] = counted.Count,
                    ["lastObservedTime"] = KubernetesMicroTimeConverter.Format(counted.LastSeen),
                };
                await TryAsync(
                        () =>
                            _client.MergePatchAsync(
                                ClusterEvent.Resource,
                                new ObjectKey(counted.Namespace, counted.Name),
                                new JsonObject { ["series"] = series.DeepClone() },
                                null,
                                cancellationToken
                            ),
                        cancellationToken
                    )
                    .ConfigureAwait(false);
            }
        }
    }

    /// <summary>Until it is done, or refused: an event is not worth more.</summary>
    private async Task TryAsync(Func<Task> write, CancellationToken cancellationToken)
    {
        for (int failures = 1; ; failures++)
        {
            try
            {
                await write().ConfigureAwait(false);
                return;
            }
            catch (KubernetesException e) when (e.IsTransient)
            {
                await Task.Delay(e.RetryAfter ?? RetryDelay.After(failures), _time, cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (KubernetesException e)
            {
                // NotFound: its object's namespace, or the event that was counted, is gone.
                if (!e.IsNotFound)
                    LogRefused(_client.Logger, e.Message);
                return;
            }
        }
    }

    [LoggerMessage(EventId = 620, Level = LogLevel.Warning, Message = "event not recorded: {Message}")]
    private static partial void LogRefused(ILogger logger, string message);
}
