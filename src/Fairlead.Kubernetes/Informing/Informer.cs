using Fairlead.Kubernetes.Informing;
using Microsoft.Extensions.Logging;

namespace Fairlead.Kubernetes;

public enum InformerChangeType
{
    Added,
    Modified,

    /// <summary>It is gone, or it does not match the selection any more.</summary>
    Deleted,
}

/// <param name="Type">What happened.</param>
/// <param name="Object">The object as it is now, or was last.</param>
/// <param name="Old">As it was before; null for one that is new.</param>
public sealed record InformerChange<T>(InformerChangeType Type, T Object, T? Old)
    where T : class;

/// <summary>
/// Keeps a copy of the selected objects: lists once, then watches. An interrupted watch is taken up where it was left; only
/// when the server does not remember that far back (410 Gone) everything is listed anew, and what was missed is told as
/// changes. While the server cannot be reached the copy stays as it was last seen.
/// </summary>
/// <remarks>
/// How this works: a list is a consistent state with a resource version; a watch from that version tells every change after
/// it, each with a version of its own. Bookmarks move the version on while nothing happens to the selected objects, so that
/// it does not grow too old. https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
/// </remarks>
public sealed partial class Informer<T>
    where T : class
{
    // A server that answers, and thrice refuses to go on from our version, is asked for everything: its storage may have
    // been restored from a copy older than that version.
    private const int RefusalsBeforeList = 3;

    private static readonly TimeSpan s_shortestWatch = TimeSpan.FromSeconds(1);

    private readonly KubernetesClient _client;
    private readonly ResourceType<T> _type;
    private readonly Selection _selection;
    private readonly TimeProvider _time;
    private readonly InformerCache<T> _cache;
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _version;
    private int _failures;

    public Informer(
        KubernetesClient client,
        ResourceType<T> type,
        Selection? selection = null,
        TimeProvider? time = null
    )
    {
        _client = client;
        _type = type;
        _selection = selection ?? Selection.Everything;
        _time = time ?? TimeProvider.System;
        _cache = new InformerCache<T>(type.Identify);
    }

    /// <summary>
    /// Told of each change, in order, by the informer's own task: do not block in it. What it throws ends the informer.
    /// </summary>
    public Action<InformerChange<T>>? OnChange { get; init; }

    /// <summary>The longest wait between two tries.</summary>
    public TimeSpan LongestRetryDelay { get; init; } = RetryDelay.DefaultCap;

    /// <summary>After about this long the server ends a watch and another one is opened.</summary>
    public TimeSpan WatchWindow { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The objects as last seen.</summary>
    public IReadOnlyCollection<T> Items => _cache.Items;

    public int Count => _cache.Count;

    /// <summary>Whether there has been a first list.</summary>
    public bool HasSynced => _synced.Task.IsCompleted;

    /// <summary>Why the copy may be old; null while the watch is open.</summary>
    public string? Problem { get; private set; } = "not listed yet";

    /// <summary>How many lists there were; more than one means that the watch could not go on.</summary>
    public int Lists { get; private set; }

    /// <summary>How many watches were opened.</summary>
    public int Watches { get; private set; }

    public T? Find(ObjectKey key) => _cache.Find(key);

    public Task WaitForSyncAsync(CancellationToken cancellationToken) => _synced.Task.WaitAsync(cancellationToken);

    /// <summary>Runs until it is cancelled; failures are logged and tried again.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                if (_version is null)
                    await ListAsync(cancellationToken).ConfigureAwait(false);
                await WatchAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (KubernetesException e)
            {
                await RecoverAsync(e, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task ListAsync(CancellationToken cancellationToken)
    {
        ResourceList<T> list = await _client
            .ListAsync(_type, _selection, ReportUndecodable, cancellationToken)
            .ConfigureAwait(false);
        Lists++;
        Tell(_cache.Replace(list.Items));
        _version = list.ResourceVersion;
        _synced.TrySetResult();
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        // A random part, so that the watches of many processes do not end together.
        TimeSpan window = WatchWindow * (1 + (Random.Shared.NextDouble() * 0.5));
        long begin = _time.GetTimestamp();
        bool sawAny = false;
        Watches++;
        await foreach (
            WatchEvent<T> happened in _client
                .WatchAsync(
                    _type,
                    _selection,
                    _version!,
                    window,
                    ReportUndecodable,
                    opened: () => Problem = null,
                    cancellationToken
                )
                .ConfigureAwait(false)
        )
        {
            sawAny = true;
            _failures = 0;
            if (happened.Object is { } item)
                Tell(happened.Type == WatchEventType.Deleted ? _cache.Remove(item) : _cache.Set(item));
            // After the change is told: what is told twice does no harm, what is never told does.
            _version = happened.ResourceVersion;
        }

        // A proxy that closes each watch at once must not make us open them in a tight loop.
        if (!sawAny && _time.GetElapsedTime(begin) < s_shortestWatch)
            await WaitAsync("the watch was closed at once", cancellationToken).ConfigureAwait(false);
        else
            _failures = 0;
    }

    private async Task RecoverAsync(KubernetesException failure, CancellationToken cancellationToken)
    {
        if (failure.IsGone)
        {
            LogGone(_client.Logger, _type.ToString(), _version ?? "", failure.ServerMessage);
            _version = null;
            // At once the first time; a server that says so again has a trouble that needs time.
            if (_failures == 0)
            {
                _failures = 1;
                return;
            }
        }

        await WaitAsync(failure.Message, cancellationToken, failure.RetryAfter).ConfigureAwait(false);
        if (!failure.IsUnreachable && _failures >= RefusalsBeforeList)
            _version = null;
    }

    private async Task WaitAsync(string problem, CancellationToken cancellationToken, TimeSpan? atLeast = null)
    {
        TimeSpan delay = RetryDelay.After(++_failures, LongestRetryDelay);
        if (atLeast > delay)
            delay = atLeast.Value;
        if (Problem != problem)
            LogInterrupted(_client.Logger, problem, delay.TotalSeconds);
        Problem = problem;
        await Task.Delay(delay, _time, cancellationToken).ConfigureAwait(false);
    }

    private void Tell(IReadOnlyList<InformerChange<T>> changes)
    {
        foreach (InformerChange<T> change in changes)
            OnChange?.Invoke(change);
    }

    private void ReportUndecodable(string problem) => LogUndecodable(_client.Logger, _type.ToString(), problem);

    [LoggerMessage(EventId = 600, Level = LogLevel.Warning, Message = "{Problem}; next try in {Seconds:F1} s")]
    private static partial void LogInterrupted(ILogger logger, string problem, double seconds);

    [LoggerMessage(
        EventId = 601,
        Level = LogLevel.Information,
        Message = "{Type}: listed anew, version {Version} is too old: {Message}"
    )]
    private static partial void LogGone(ILogger logger, string type, string version, string message);

    [LoggerMessage(EventId = 602, Level = LogLevel.Error, Message = "{Type}: left out, cannot be decoded: {Problem}")]
    private static partial void LogUndecodable(ILogger logger, string type, string problem);
}
