using Fairlead.CniProxy.Peers;
using Microsoft.Extensions.Logging;

namespace Fairlead.CniProxy.Limits;

/// <summary>
/// Says who was refused what and why. Of one caller so many refusals are told one by one; those beyond are counted, and the
/// count is told when the time is over: who asks for nothing but refusals must not fill the disk with them.
/// </summary>
internal sealed partial class RefusalLog(TimeProvider time, ILogger<RefusalLog> logger) : IDisposable
{
    /// <summary>How many refusals of one caller are told within <see cref="Period"/>.</summary>
    public const int MostOfOneCaller = 20;

    private const int LongestWhy = 400;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Count> _counts = new(StringComparer.Ordinal);

    public static TimeSpan Period { get; } = TimeSpan.FromSeconds(10);

    /// <param name="what">The method, or whatever else was asked for.</param>
    /// <param name="caller">Pods have a count each; the host's administrator has one, and all strangers together.</param>
    /// <param name="reason">For programs.</param>
    /// <param name="why">For people.</param>
    /// <param name="peer">The process; null when it is not known.</param>
    public void Write(string what, string caller, string reason, string why, Peer? peer)
    {
        if (IsTold(caller))
            LogRefused(logger, what, caller, reason, Quotable(why), peer);
    }

    /// <summary>Tells the counts that are not told yet.</summary>
    public void Dispose()
    {
        string[] callers;
        lock (_lock)
            callers = [.. _counts.Keys];
        foreach (string caller in callers)
            End(caller);
    }

    // What is quoted may be 64 KiB, and speak to the terminal on which the log is read.
    private static string Quotable(string why)
    {
        string text = why.Length > LongestWhy ? $"{why[..LongestWhy]}…" : why;
        return string.Concat(text.Select(static c => char.IsControl(c) ? ' ' : c));
    }

    private bool IsTold(string caller)
    {
        lock (_lock)
        {
            if (!_counts.TryGetValue(caller, out Count? count))
            {
                ITimer timer = time.CreateTimer(_ => End(caller), state: null, Period, Timeout.InfiniteTimeSpan);
                _counts[caller] = count = new Count(timer);
            }

            return ++count.Refusals <= MostOfOneCaller;
        }
    }

    private void End(string caller)
    {
        Count? count;
        lock (_lock)
        {
            if (!_counts.Remove(caller, out count))
                return;
        }

        count.Timer.Dispose();
        if (count.Refusals > MostOfOneCaller)
            LogMore(logger, count.Refusals - MostOfOneCaller, caller, Period.TotalSeconds);
    }

    [LoggerMessage(
        EventId = 40,
        Level = LogLevel.Warning,
        Message = "refused {What} of {Caller}: {Reason}: {Why} ({Peer})"
    )]
    private static partial void LogRefused(
        ILogger logger,
        string what,
        string caller,
        string reason,
        string why,
        Peer? peer
    );

    [LoggerMessage(
        EventId = 41,
        Level = LogLevel.Warning,
        Message = "refused {Count} more times what {Caller} asked for within {Seconds} s; these have no lines of their own"
    )]
    private static partial void LogMore(ILogger logger, int count, string caller, double seconds);

    private sealed class Count(ITimer timer)
    {
        public ITimer Timer { get; } = timer;

        public int Refusals { get; set; }
    }
}
