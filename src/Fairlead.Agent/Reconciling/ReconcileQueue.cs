using Fairlead.Crds;

namespace Fairlead.Agent.Reconciling;

/// <summary>
/// Virtual machines that want a look, each at most once at a time. A request for one that is being looked at makes it
/// come round again.
/// </summary>
internal sealed class ReconcileQueue(TimeProvider time) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<VirtualMachineKey, long> _due = [];
    private readonly HashSet<VirtualMachineKey> _busy = [];

    // The same by time: an entry is out of date when _due says something else, or nothing, of its key.
    private readonly PriorityQueue<VirtualMachineKey, long> _byTime = new();
    private readonly SemaphoreSlim _changed = new(0);

    /// <summary>Asks for a look after <paramref name="delay"/>; an earlier request for the same one stays.</summary>
    public void Enqueue(VirtualMachineKey key, TimeSpan delay = default)
    {
        long due = time.GetTimestamp() + (long)(delay.TotalSeconds * time.TimestampFrequency);
        lock (_lock)
        {
            if (_due.TryGetValue(key, out long earlier) && earlier <= due)
                return;
            _due[key] = due;
            if (!_busy.Contains(key))
                _byTime.Enqueue(key, due);
        }

        _changed.Release();
    }

    /// <summary>Waits for the next that is due, and marks it busy until <see cref="Done"/>.</summary>
    public async Task<VirtualMachineKey> TakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            TimeSpan wait = Timeout.InfiniteTimeSpan;
            lock (_lock)
            {
                long now = time.GetTimestamp();
                if (Next() is var (key, due))
                {
                    if (due <= now)
                    {
                        _byTime.Dequeue();
                        _due.Remove(key);
                        _busy.Add(key);
                        return key;
                    }

                    wait = time.GetElapsedTime(now, due) + TimeSpan.FromMilliseconds(1);
                }
            }

            using ITimer? timer =
                wait == Timeout.InfiniteTimeSpan
                    ? null
                    : time.CreateTimer(_ => _changed.Release(), state: null, wait, Timeout.InfiniteTimeSpan);
            await _changed.WaitAsync(cancellationToken);
        }
    }

    /// <summary>The look is over.</summary>
    public void Done(VirtualMachineKey key)
    {
        lock (_lock)
        {
            _busy.Remove(key);
            if (_due.TryGetValue(key, out long due))
                _byTime.Enqueue(key, due);
        }

        _changed.Release();
    }

    private (VirtualMachineKey Key, long Due)? Next()
    {
        while (_byTime.TryPeek(out VirtualMachineKey key, out long due))
        {
            if (!_busy.Contains(key) && _due.TryGetValue(key, out long current) && current == due)
                return (key, due);
            _byTime.Dequeue();
        }

        return null;
    }

    /// <summary>How many wait for their turn, and for how long the one that is due longest has waited.</summary>
    public (int Waiting, TimeSpan Late) Backlog()
    {
        lock (_lock)
        {
            long now = time.GetTimestamp();
            long[] due =
            [
                .. _due.Where(entry => entry.Value <= now && !_busy.Contains(entry.Key)).Select(e => e.Value),
            ];
            return (due.Length, due is [] ? TimeSpan.Zero : time.GetElapsedTime(due.Min(), now));
        }
    }

    public void Dispose() => _changed.Dispose();
}

/// <summary>How long to wait before the next try after so many failures in a row: 1 s, doubled, at most 60 s, with jitter.</summary>
internal static class Backoff
{
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(60);

    public static TimeSpan After(int failures)
    {
        double seconds = Math.Min(Math.Pow(2, Math.Min(failures, 10) - 1), s_longest.TotalSeconds);
        return TimeSpan.FromSeconds(seconds * (0.9 + (Random.Shared.NextDouble() * 0.2)));
    }
}
