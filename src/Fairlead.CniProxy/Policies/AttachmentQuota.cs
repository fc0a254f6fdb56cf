using Fairlead.CniProxy.Journal;
using Fairlead.CniProxy.Peers;
using Fairlead.CniProxy.Verbs;

namespace Fairlead.CniProxy.Policies;

/// <summary>Counts a pod's attachments, those that are not in the journal yet included: many at once are no way around.</summary>
internal sealed class AttachmentQuota(AttachmentJournal journal)
{
    private readonly Dictionary<string, HashSet<string>> _begun = new(StringComparer.Ordinal);

    /// <summary>Takes a place for the key until the result is disposed; by then the journal has it, or nobody.</summary>
    /// <exception cref="Grpc.Core.RpcException">The pod has as many as it may have.</exception>
    public IDisposable Reserve(Sandbox sandbox, string key, int most)
    {
        lock (_begun)
        {
            HashSet<string> begun = _begun.TryGetValue(sandbox.Id, out HashSet<string>? known) ? known : [];
            int count = begun
                .Union(journal.List().Where(r => r.SandboxId == sandbox.Id).Select(r => r.Key), StringComparer.Ordinal)
                .Count(other => other != key);
            if (count >= most)
                throw ProxyError.QuotaExceeded(
                    $"pod {sandbox.PodNamespace}/{sandbox.PodName} has {count} attachments, and the policy lets it have {most}"
                );
            begun.Add(key);
            _begun[sandbox.Id] = begun;
        }

        return new Place(this, sandbox.Id, key);
    }

    private void Leave(string sandboxId, string key)
    {
        lock (_begun)
        {
            if (_begun.TryGetValue(sandboxId, out HashSet<string>? begun) && begun.Remove(key) && begun.Count == 0)
                _begun.Remove(sandboxId);
        }
    }

    private sealed class Place(AttachmentQuota owner, string sandboxId, string key) : IDisposable
    {
        public void Dispose() => owner.Leave(sandboxId, key);
    }
}
