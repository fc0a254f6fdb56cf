using Fairlead.CniProxy.Journal;
using Fairlead.CniProxy.Verbs;
using Grpc.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fairlead.CniProxy.Pods;

/// <summary>What became of an attachment that was to be reaped.</summary>
/// <param name="Record">The attachment as it was on record.</param>
/// <param name="Why">Why it was released, as the end of a sentence.</param>
/// <param name="Failure">Why it could not be; null when it was.</param>
internal sealed record Reaped(JournalRecord Record, string Why, string? Failure);

/// <summary>
/// Releases what nobody will ask us to release: attachments of pods that are gone, and those whose ADD or DEL was cut off
/// or has failed. Looks once a second, from the start on, beside the calls that are served; a release that fails is tried
/// again for ever, ever more seldom, and holds up no other.
/// </summary>
internal sealed partial class Reaper(
    AttachmentJournal journal,
    PodCensus census,
    HeldNamespaces namespaces,
    Release release,
    KeyedLock locks,
    TimeProvider time,
    ILogger<Reaper> logger
) : BackgroundService
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    // Two queues: plugins that hang, again and again, must not take the place of a release that has not been tried yet.
    private readonly SemaphoreSlim _first = new(8);
    private readonly SemaphoreSlim _again = new(4);
    private readonly Dictionary<string, Task<Reaped?>> _running = new(StringComparer.Ordinal);
    private readonly DateTimeOffset _startedAt = time.GetUtcNow();

    /// <summary>
    /// Releases at once, whether or not its next try has come: all of a key or of a sandbox if one is named, else whatever
    /// is due by itself.
    /// </summary>
    public async Task<IReadOnlyList<Reaped>> ReapAsync(string key, string sandbox, CancellationToken cancellationToken)
    {
        bool isNamed = key.Length + sandbox.Length > 0;
        IReadOnlyList<JournalRecord> records = journal.List();
        PodLook look = await census.LookAsync(cancellationToken);
        Task<Reaped?>[] begun =
        [
            .. records
                .Where(r => (key.Length == 0 || r.Key == key) && (sandbox.Length == 0 || r.SandboxId == sandbox))
                .Where(r => isNamed || WhyDue(r, look) is not null)
                .Select(r => Begin(r, now => WhyDue(now, look) ?? (isNamed ? "was named by the administrator" : null))),
        ];
        Reaped?[] reaped = await Task.WhenAll(begun).WaitAsync(cancellationToken);
        return [.. reaped.OfType<Reaped>()];
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield(); // the socket does not wait for the first look
        try
        {
            namespaces.Sweep();
            using PeriodicTimer timer = new(s_interval, time);
            do
            {
                await PassAsync(stoppingToken);
            } while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What has been begun is finished, as far as the time for shutting down goes.
        }

        Task[] running;
        lock (_running)
            running = [.. _running.Values];
        await Task.WhenAll(running);
    }

    private async Task PassAsync(CancellationToken cancellationToken)
    {
        try
        {
            // The records first: a pod that comes between the two looks is not taken for one that has gone.
            IReadOnlyList<JournalRecord> records = journal.List();
            if (records.Count == 0)
                return;
            PodLook look = await census.LookAsync(cancellationToken);
            DateTimeOffset now = time.GetUtcNow();
            foreach (JournalRecord record in records.Where(r => MayTry(r, now) && WhyDue(r, look) is not null))
                _ = Begin(record, still => WhyDue(still, look));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogPassFailed(logger, e);
        }
    }

    /// <summary>A try that was put off by an earlier run is not: what kept it from succeeding may have ended with that.</summary>
    private bool MayTry(JournalRecord record, DateTimeOffset now) =>
        record.NextTryAt is not { } next || next <= now || next - Backoff.After(record.FailedReleases) < _startedAt;

    /// <summary>Why it is to be released, as the end of a sentence; null when it is not.</summary>
    private static string? WhyDue(JournalRecord record, PodLook look) =>
        record.State switch
        {
            JournalState.Attached => look.WhyGone(record),
            JournalState.Adding => "was cut off",
            _ => "was not released to the end",
        };

    private Task<Reaped?> Begin(JournalRecord record, Func<JournalRecord, string?> why)
    {
        lock (_running)
        {
            if (!_running.TryGetValue(record.LockKey, out Task<Reaped?>? running))
                _running[record.LockKey] = running = Task.Run(() => RunAsync(record, why));
            return running;
        }
    }

    private async Task<Reaped?> RunAsync(JournalRecord record, Func<JournalRecord, string?> why)
    {
        SemaphoreSlim queue = record.FailedReleases == 0 ? _first : _again;
        await queue.WaitAsync();
        try
        {
            // Whoever has the key's turn, a call or an ADD that still runs, leaves the record right.
            using IDisposable? turn = locks.TryEnter(record.LockKey);
            if (turn is null || journal.Find(record.SandboxId, record.Key) is not { } still)
                return null;
            return why(still) is { } reason ? await ReleaseAsync(still, reason) : null;
        }
        finally
        {
            queue.Release();
            lock (_running)
                _running.Remove(record.LockKey);
        }
    }

    private async Task<Reaped> ReleaseAsync(JournalRecord record, string why)
    {
        try
        {
            await release.RunAsync(record);
            LogReaped(logger, record.DisplayName, why);
            return new Reaped(record, why, Failure: null);
        }
        catch (RpcException e)
        {
            return new Reaped(record, why, e.Status.Detail); // Release has logged it
        }
        catch (Exception e)
        {
            LogNotReaped(logger, record.DisplayName, why, e);
            return new Reaped(record, why, e.Message);
        }
    }

    public override void Dispose()
    {
        _first.Dispose();
        _again.Dispose();
        base.Dispose();
    }

    [LoggerMessage(EventId = 50, Level = LogLevel.Warning, Message = "{Attachment} {Why}: released")]
    private static partial void LogReaped(ILogger logger, string attachment, string why);

    [LoggerMessage(EventId = 51, Level = LogLevel.Error, Message = "{Attachment} {Why} and is not released")]
    private static partial void LogNotReaped(ILogger logger, string attachment, string why, Exception exception);

    [LoggerMessage(EventId = 53, Level = LogLevel.Error, Message = "looking for what is to be released failed")]
    private static partial void LogPassFailed(ILogger logger, Exception exception);
}
