using System.Text.Json.Nodes;
using Fairlead.Controller.Objects;
using Fairlead.Kubernetes;
using Microsoft.Extensions.Logging;

namespace Fairlead.Controller.Nodes;

/// <summary>
/// Follows the agents' leases. A node whose agent has fallen silent loses its label, so that no launcher is placed there, and
/// its VMs are no ready endpoints; they stay where they are. The agent puts the label back when it is there again.
/// </summary>
internal sealed partial class AgentLeases
{
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(5);
    private static readonly WriteOptions s_own = new() { FieldManager = Names.FieldManager };

    private readonly KubernetesClient _client;
    private readonly Informer<NodeView> _nodes;
    private readonly ILogger _logger;
    private readonly LeaseClock _clock = new(TimeProvider.System);
    private readonly HashSet<string> _silent = new(StringComparer.Ordinal);

    public AgentLeases(KubernetesClient client, string @namespace, Informer<NodeView> nodes, ILogger logger)
    {
        (_client, _nodes, _logger) = (client, nodes, logger);
        Selection ours = new() { Namespace = @namespace, LabelSelector = Names.AgentOfLabel };
        Informer = new Informer<Lease>(client, Lease.Resource, ours) { OnChange = Saw };
    }

    public Informer<Lease> Informer { get; }

    /// <summary>Told of each node whose agent falls silent or is heard again.</summary>
    public required Action<string> Changed { get; init; }

    public bool IsSilent(string? node) => _clock.IsSilent(node);

    /// <summary>Looks for leases that are over until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            HashSet<string> now = [.. _clock.Silent()];
            string[] changed = [.. now.Except(_silent).Concat(_silent.Except(now))];
            _silent.Clear();
            _silent.UnionWith(now);
            foreach (string node in changed)
                Changed(node);
            foreach (string node in now)
                await TakeLabelAsync(node, cancellationToken);
            await Task.Delay(s_look, cancellationToken);
        }
    }

    private async Task TakeLabelAsync(string name, CancellationToken cancellationToken)
    {
        if (_nodes.Find(ObjectKey.OfCluster(name)) is not { IsAgentReady: true } node)
            return;
        JsonObject metadata = new()
        {
            ["resourceVersion"] = node.Metadata.ResourceVersion,
            ["labels"] = new JsonObject { [Names.AgentLabel] = null },
        };
        try
        {
            JsonObject patch = new() { ["metadata"] = metadata };
            await _client.MergePatchAsync(
                NodeView.Resource,
                ObjectKey.OfCluster(name),
                patch,
                s_own,
                cancellationToken
            );
            LogSilent(_logger, name);
        }
        catch (KubernetesException e)
        {
            LogFailed(_logger, name, e.Message); // with the next look
        }
    }

    private void Saw(InformerChange<Lease> change)
    {
        if (change.Object.Metadata.Labels?.GetValueOrDefault(Names.AgentOfLabel) is not { } node)
            return;
        if (change.Type == InformerChangeType.Deleted)
            _clock.Forget(node);
        else
            _clock.Saw(
                node,
                change.Object.Spec.RenewTime,
                TimeSpan.FromSeconds(change.Object.Spec.LeaseDurationSeconds ?? 40)
            );
    }

    [LoggerMessage(
        EventId = 710,
        Level = LogLevel.Warning,
        Message = "node {Node}: its agent is silent; its label is taken away"
    )]
    private static partial void LogSilent(ILogger logger, string node);

    [LoggerMessage(EventId = 711, Level = LogLevel.Warning, Message = "node {Node}: {Message}")]
    private static partial void LogFailed(ILogger logger, string node, string message);
}
