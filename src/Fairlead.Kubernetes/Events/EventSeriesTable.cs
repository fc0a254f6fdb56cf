using System.Globalization;
using System.Text;

namespace Fairlead.Kubernetes.Events;

/// <summary>Events that have all of this in common are one.</summary>
internal readonly record struct EventIdentity(
    string Kind,
    string? Namespace,
    string Name,
    string? Uid,
    string Type,
    string Reason,
    string Note
)
{
    private const int NoteBytes = 1024;

    /// <summary>Events about objects of the cluster are in default.</summary>
    public static string NamespaceOf(string? regardingNamespace) =>
        string.IsNullOrEmpty(regardingNamespace) ? "default" : regardingNamespace;

    public static string Cut(string note)
    {
        if (Encoding.UTF8.GetByteCount(note) <= NoteBytes)
            return note;
        int length = Math.Min(note.Length, NoteBytes - 3);
        while (
            Encoding.UTF8.GetByteCount(note.AsSpan(0, length)) > NoteBytes - 3 || char.IsHighSurrogate(note[length - 1])
        )
            length--;
        return note[..length] + "...";
    }
}

/// <summary>An event that has happened more than once.</summary>
internal sealed record CountedEvent(string Namespace, string Name, int Count, DateTimeOffset LastSeen);

/// <summary>
/// Which events are new, which are another one of a series, and which are too many: an object may have 25 new ones at once
/// and one more each 12 s after that.
/// </summary>
internal sealed class EventSeriesTable(TimeProvider time)
{
    private const int Burst = 25;

    private static readonly TimeSpan s_refill = TimeSpan.FromSeconds(12);

    // As client-go: after six quiet minutes the same thing is a new event.
    private static readonly TimeSpan s_seriesEnd = TimeSpan.FromMinutes(6);

    private readonly Lock _lock = new();
    private readonly Dictionary<EventIdentity, Series> _series = [];
    private readonly Dictionary<(string, string?, string), Allowance> _allowances = [];
    private long _names = time.GetUtcNow().Ticks;

    private sealed class Series(string name)
    {
        public string Name => name;

        public int Count { get; set; } = 1;

        public DateTimeOffset LastSeen { get; set; }

        public bool IsChanged { get; set; }
    }

    private readonly record struct Allowance(double Left, DateTimeOffset At);

    /// <summary>The name of the event to create; null for one that is only counted, or dropped.</summary>
    public string? Add(EventIdentity identity)
    {
        DateTimeOffset now = time.GetUtcNow();
        lock (_lock)
        {
            if (_series.TryGetValue(identity, out Series? series) && now - series.LastSeen < s_seriesEnd)
            {
                series.Count++;
                series.LastSeen = now;
                series.IsChanged = true;
                return null;
            }

            if (!TakeAllowance((identity.Kind, identity.Namespace, identity.Name), now))
                return null;
            string name = NameFor(identity.Name);
            _series[identity] = new Series(name) { LastSeen = now };
            return name;
        }
    }

    /// <summary>Those whose count has changed since the last call. Forgets what is over.</summary>
    public IReadOnlyList<CountedEvent> TakeChanged()
    {
        DateTimeOffset now = time.GetUtcNow();
        List<CountedEvent> changed = [];
        lock (_lock)
        {
            foreach ((EventIdentity identity, Series series) in _series.ToArray())
            {
                if (series.IsChanged)
                {
                    series.IsChanged = false;
                    string inNamespace = EventIdentity.NamespaceOf(identity.Namespace);
                    changed.Add(new CountedEvent(inNamespace, series.Name, series.Count, series.LastSeen));
                }
                else if (now - series.LastSeen >= s_seriesEnd)
                {
                    _series.Remove(identity);
                }
            }

            foreach (((string, string?, string) key, Allowance allowance) in _allowances.ToArray())
            {
                if (Refilled(allowance, now) >= Burst)
                    _allowances.Remove(key);
            }
        }

        return changed;
    }

    private bool TakeAllowance((string, string?, string) key, DateTimeOffset now)
    {
        double left = _allowances.TryGetValue(key, out Allowance allowance) ? Refilled(allowance, now) : Burst;
        _allowances[key] = new Allowance(left >= 1 ? left - 1 : left, now);
        return left >= 1;
    }

    private static double Refilled(Allowance allowance, DateTimeOffset now) =>
        Math.Min(Burst, allowance.Left + ((now - allowance.At) / s_refill));

    // As kubectl shows them: the object's name and a number that nobody else takes.
    private string NameFor(string regarding)
    {
        string suffix = "." + (++_names).ToString("x", CultureInfo.InvariantCulture);
        return (regarding.Length + suffix.Length <= 253 ? regarding : regarding[..(253 - suffix.Length)]) + suffix;
    }
}
