using Fairlead.Crds;

namespace Fairlead.Agent.Reconciling;

/// <summary>Something that happened to a virtual machine, as describe shows it.</summary>
internal sealed record VmEvent(DateTimeOffset Time, bool IsWarning, string Reason, string Message, int Count);

/// <summary>The last events of each virtual machine, in memory. The same event again counts up instead of adding a line.</summary>
internal sealed class EventLog(TimeProvider time)
{
    private const int Kept = 50;

    private readonly Lock _lock = new();
    private readonly Dictionary<VirtualMachineKey, List<VmEvent>> _events = [];

    /// <summary>Told of each event besides, repetitions included.</summary>
    public Action<VirtualMachineKey, VmEvent>? Recorded { get; set; }

    public void Normal(VirtualMachineKey key, string reason, string message) =>
        Add(key, isWarning: false, reason, message);

    public void Warning(VirtualMachineKey key, string reason, string message) =>
        Add(key, isWarning: true, reason, message);

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<VmEvent> List(VirtualMachineKey key)
    {
        lock (_lock)
            return _events.TryGetValue(key, out List<VmEvent>? events) ? [.. events] : [];
    }

    public void Forget(VirtualMachineKey key)
    {
        lock (_lock)
            _events.Remove(key);
    }

    private void Add(VirtualMachineKey key, bool isWarning, string reason, string message)
    {
        VmEvent added = new(time.GetUtcNow(), isWarning, reason, message, 1);
        lock (_lock)
        {
            if (!_events.TryGetValue(key, out List<VmEvent>? events))
                _events[key] = events = [];
            if (events is [.., var last] && last with { Time = added.Time, Count = 1 } == added)
                events[^1] = added with { Count = last.Count + 1 };
            else
                events.Add(added);
            if (events.Count > Kept)
                events.RemoveAt(0);
        }

        Recorded?.Invoke(key, added);
    }
}
