using System.Text.Json.Nodes;
using Fairlead.Agent.Reconciling;
using Fairlead.Crds;
using Fairlead.Kubernetes;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fairlead.Agent.Kubernetes;

/// <summary>
/// Brings what the agent knows of its machines to the API, by server-side apply of the fields of status that are the
/// agent's. Only the last state of each machine is kept: after an outage the status catches up with one write a machine, and
/// what is there already is not written again.
/// </summary>
internal sealed partial class StatusWriter(
    KubernetesClient client,
    ClusterSource source,
    VmStore store,
    TimeProvider time,
    ILogger<StatusWriter> logger
) : BackgroundService
{
    private const int Workers = 4;

    private static readonly WriteOptions s_apply = new()
    {
        FieldManager = VirtualMachineResource.FieldManager,
        Subresource = "status",
        Force = true, // nobody else knows better what the agent saw
    };

    private readonly ReconcileQueue _queue = new(time);
    private readonly Dictionary<VirtualMachineKey, int> _failures = [];

    public override void Dispose()
    {
        _queue.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        source.Seen = key => _queue.Enqueue(key);
        return Task.WhenAll([
            FollowStoreAsync(stoppingToken),
            .. Enumerable.Range(0, Workers).Select(_ => WriteAllAsync(stoppingToken)),
        ]);
    }

    private async Task FollowStoreAsync(CancellationToken stoppingToken)
    {
        await foreach (VmChange change in store.WatchAsync(stoppingToken))
            _queue.Enqueue(change.Vm.Key);
    }

    private async Task WriteAllAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            VirtualMachineKey key = await _queue.TakeAsync(stoppingToken);
            try
            {
                await WriteAsync(key, stoppingToken);
                lock (_failures)
                    _failures.Remove(key);
            }
            catch (KubernetesException e)
            {
                TimeSpan retry = e.RetryAfter ?? RetryIn(key);
                // The object is gone, or another one, and the informer says so presently; or the server is just starting and
                // does not know the type yet.
                if (!e.IsNotFound && !e.IsConflict)
                    LogFailed(logger, e.Message, retry.TotalSeconds);
                _queue.Enqueue(key, retry);
            }
            finally
            {
                _queue.Done(key);
            }
        }
    }

    private async Task WriteAsync(VirtualMachineKey key, CancellationToken cancellationToken)
    {
        // Without the object in sight there is nothing to compare with, or nothing to write to.
        if (store.Find(key) is not { } record || source.Peek(key) is not { } seen || seen.Metadata.Uid != record.Uid)
            return;
        JsonObject wanted = AgentStatusFields.Of(record.Vm.Status ?? new VirtualMachineStatus());
        if (AgentStatusFields.AreIn(seen.Status, wanted))
            return;
        await client.ApplyAsync(
            VirtualMachineResource.Type,
            VirtualMachineResource.KeyOf(key),
            VirtualMachine.KindName,
            // With the UID, a later object of the same name is not taken for this one.
            new JsonObject
            {
                ["metadata"] = new JsonObject { ["uid"] = record.Uid },
                ["status"] = wanted,
            },
            s_apply,
            cancellationToken
        );
    }

    private TimeSpan RetryIn(VirtualMachineKey key)
    {
        lock (_failures)
            return Backoff.After(_failures[key] = _failures.GetValueOrDefault(key) + 1);
    }

    [LoggerMessage(EventId = 241, Level = LogLevel.Warning, Message = "{Message}; next try in {Seconds:F1} s")]
    private static partial void LogFailed(ILogger logger, string message, double seconds);
}
