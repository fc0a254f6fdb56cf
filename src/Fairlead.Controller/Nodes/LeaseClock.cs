namespace Fairlead.Controller.Nodes;

/// <summary>
/// Which nodes' agents are silent: a lease that has not been renewed for its own duration, by this process's clock, since the
/// clocks of two machines differ. Safe for concurrent use.
/// </summary>
internal sealed class LeaseClock(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Sight> _seen = new(StringComparer.Ordinal);

    public void Saw(string node, DateTimeOffset? renewed, TimeSpan duration)
    {
        lock (_lock)
        {
            // The same renewal seen again, as after a list, is no sign of life.
            if (!_seen.TryGetValue(node, out Sight? last) || last.Renewed != renewed)
                _seen[node] = new Sight(renewed, time.GetTimestamp(), duration);
        }
    }

    public void Forget(string node)
    {
        lock (_lock)
            _seen.Remove(node);
    }

    /// <summary>A node whose agent never had a lease is not known to be silent.</summary>
    public bool IsSilent(string? node)
    {
        lock (_lock)
            return node is not null && _seen.TryGetValue(node, out Sight? last) && IsOver(last);
    }

    public IReadOnlyList<string> Silent()
    {
        lock (_lock)
            return [.. _seen.Where(pair => IsOver(pair.Value)).Select(pair => pair.Key)];
    }

    private bool IsOver(Sight last) => time.GetElapsedTime(last.At) > last.Duration;

    private sealed record Sight(DateTimeOffset? Renewed, long At, TimeSpan Duration);
}
