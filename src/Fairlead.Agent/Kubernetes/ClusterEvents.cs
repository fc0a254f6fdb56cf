using Fairlead.Agent.Reconciling;
using Fairlead.Crds;
using Fairlead.Kubernetes;
using Microsoft.Extensions.Hosting;

namespace Fairlead.Agent.Kubernetes;

/// <summary>Tells the cluster what <see cref="EventLog"/> is told.</summary>
internal sealed class ClusterEvents(
    KubernetesClient client,
    ClusterSource source,
    VmStore store,
    EventLog log,
    AgentOptions options
) : IHostedService, IAsyncDisposable
{
    private readonly EventRecorder _recorder = new(client, "fairlead.dev/agent", options.NodeName);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        log.Recorded = Record;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        log.Recorded = null;
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => _recorder.DisposeAsync();

    private void Record(VirtualMachineKey key, VmEvent happened)
    {
        string? uid = store.Find(key)?.Uid ?? source.Peek(key)?.Metadata.Uid;
        _recorder.Record(
            VirtualMachineResource.ReferenceTo(key, uid),
            happened.IsWarning ? EventKind.Warning : EventKind.Normal,
            happened.Reason,
            "Reconcile",
            happened.Message
        );
    }
}
