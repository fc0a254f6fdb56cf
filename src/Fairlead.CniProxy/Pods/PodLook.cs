using Fairlead.CniProxy.Journal;
using Fairlead.Netlink;

namespace Fairlead.CniProxy.Pods;

/// <summary>One look at the pods of the node: which of those that the journal names are still there.</summary>
/// <param name="bootId">The boot that the machine is in.</param>
/// <param name="sandboxes">The pods that the identity source knows; null when it cannot tell now, and then nobody is gone by it.</param>
/// <param name="netnsAt">The namespace at a path, or null.</param>
/// <param name="inhabited">The namespaces that processes are in, each with a path to it; asked only when a path is empty.</param>
internal sealed class PodLook(
    string bootId,
    IReadOnlySet<string>? sandboxes,
    Func<string, NetnsSeen?> netnsAt,
    Func<IReadOnlyDictionary<NetworkNamespaceId, string>> inhabited
)
{
    private readonly Dictionary<string, NetnsSeen?> _netns = new(StringComparer.Ordinal);
    private readonly Lazy<IReadOnlyDictionary<NetworkNamespaceId, string>> _inhabited = new(inhabited);

    /// <summary>Why the record's pod is gone, as the end of a sentence; null when it is there.</summary>
    public string? WhyGone(JournalRecord record)
    {
        if (record.BootId is { } boot && boot != bootId)
            return "was made before the machine was started anew";
        if (sandboxes?.Contains(record.SandboxId) == false)
            return "belongs to a pod that is gone";
        if (NetnsAt(record.NetnsPath) is { } there)
        {
            return there.IsOf(record)
                ? null
                : "belongs to a pod that is gone: another one has its network namespace's place";
        }

        // Somebody may have removed the name under a living pod's feet; its processes are the pod.
        return
            _inhabited.Value.TryGetValue(record.NetnsIdentity, out string? path) && NetnsAt(path)?.IsOf(record) == true
            ? null
            : "belongs to a pod that is gone: its network namespace is";
    }

    private NetnsSeen? NetnsAt(string path)
    {
        lock (_netns)
        {
            if (!_netns.TryGetValue(path, out NetnsSeen? netns))
                _netns[path] = netns = netnsAt(path);
            return netns;
        }
    }
}
