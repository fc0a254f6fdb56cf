using System.Collections.Frozen;
using Fairlead.CniProxy.Client;
using Fairlead.CniProxy.Pods;

namespace Fairlead.CniProxy.Peers;

/// <summary>The one pod of the standalone environment, as <c>fairlead up</c> has recorded it.</summary>
internal sealed class StandaloneIdentity(string sandboxFile) : IIdentitySource
{
    /// <inheritdoc/>
    public Task<Sandbox?> FindAsync(Peer peer, CancellationToken cancellationToken)
    {
        // No container runtime to ask: whoever is in the pod's network namespace is the pod.
        Sandbox? sandbox = Read();
        return Task.FromResult(sandbox?.Netns == peer.Namespaces?.Network ? sandbox : null);
    }

    /// <inheritdoc/>
    public Task<IReadOnlySet<string>> ListIdsAsync(CancellationToken cancellationToken) =>
        // By the record alone: a pod whose namespace has lost its name may still live.
        Task.FromResult<IReadOnlySet<string>>(
            ReadRecord() is { } record ? FrozenSet.Create(StringComparer.Ordinal, record.Id) : FrozenSet<string>.Empty
        );

    private Sandbox? Read() =>
        ReadRecord() is { } record && NetnsSeen.At(record.NetnsPath) is { } netns
            ? new Sandbox(record.Id, record.PodName, record.PodNamespace, record.PodUid, record.NetnsPath, netns)
            : null;

    private SandboxRecord? ReadRecord()
    {
        try
        {
            return SandboxRecord.Read(sandboxFile);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new IdentityException(e.Message, e);
        }
    }
}
