using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Fairlead.Agent.Api;
using Fairlead.Kubernetes;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fairlead.Agent.Kubernetes;

/// <summary>A node, as far as the agent cares.</summary>
internal sealed record Node : IKubernetesObject
{
    public static ResourceType<Node> Resource { get; } =
        new("", "v1", "nodes", NodeJson.Default.Node, node => node.Metadata.Identity) { Scope = ResourceScope.Cluster };

    public ObjectMeta Metadata { get; init; } = new();
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Node))]
internal sealed partial class NodeJson : JsonSerializerContext;

/// <summary>
/// Shows the cluster that this node can run VMs: the node's label <c>fairlead.dev/agent=ready</c> while libvirt and the CNI
/// proxy are there, and a lease that is renewed for as long as the agent lives.
/// </summary>
internal sealed partial class NodePresence(
    KubernetesClient client,
    AgentStatus status,
    AgentOptions options,
    TimeProvider time,
    ILogger<NodePresence> logger
) : BackgroundService
{
    public const string Label = "fairlead.dev/agent";
    public const string Ready = "ready";

    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_duration = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan s_farewell = TimeSpan.FromSeconds(3);
    private static readonly WriteOptions s_apply = new()
    {
        FieldManager = VirtualMachineResource.FieldManager,
        Force = true,
    };

    private bool? _shownReady;
    private long? _renewed;

    /// <summary>Where the lease of a node's agent is.</summary>
    public static ObjectKey LeaseOf(string inNamespace, string node) => new(inNamespace, "agent-" + node);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RenewLeaseAsync(stoppingToken);
                // After so long a silence the controller has taken the label away.
                if (_renewed is { } last && time.GetElapsedTime(last) >= s_duration)
                    _shownReady = null;
                _renewed = time.GetTimestamp();
                await ShowAsync(await IsReadyAsync(stoppingToken), stoppingToken);
            }
            catch (KubernetesException e)
            {
                _shownReady = null; // who knows what became of the label meanwhile
                LogFailed(logger, e.Message);
            }

            await Task.Delay(s_period, time, stoppingToken);
        }
    }

    /// <summary>No VM is to be placed here while no agent is there to start it.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        using CancellationTokenSource limit = new(s_farewell);
        try
        {
            await ShowAsync(isReady: false, limit.Token);
        }
        catch (Exception e) when (e is KubernetesException or OperationCanceledException)
        {
            LogFailed(logger, e.Message); // the lease will say it
        }
    }

    private Task RenewLeaseAsync(CancellationToken cancellationToken) =>
        client.ApplyAsync(
            Lease.Resource,
            LeaseOf(client.Namespace, options.NodeName),
            "Lease",
            new JsonObject
            {
                ["metadata"] = new JsonObject
                {
                    ["labels"] = new JsonObject { [VirtualMachineResource.LeaseLabel] = options.NodeName },
                },
                ["spec"] = new JsonObject
                {
                    ["holderIdentity"] = options.NodeName,
                    ["leaseDurationSeconds"] = (int)s_duration.TotalSeconds,
                    ["renewTime"] = KubernetesMicroTimeConverter.Format(time.GetUtcNow()),
                },
            },
            s_apply,
            cancellationToken
        );

    private async Task<bool> IsReadyAsync(CancellationToken cancellationToken) =>
        (await status.GetAsync(cancellationToken)).Components.All(component => component.Ready);

    private async Task ShowAsync(bool isReady, CancellationToken cancellationToken)
    {
        if (_shownReady == isReady)
            return;
        // A patch, not an apply: that would make a Node where there is none.
        await client.MergePatchAsync(
            Node.Resource,
            ObjectKey.OfCluster(options.NodeName),
            new JsonObject
            {
                ["metadata"] = new JsonObject { ["labels"] = new JsonObject { [Label] = isReady ? Ready : null } },
            },
            s_apply,
            cancellationToken
        );
        _shownReady = isReady;
        LogShown(logger, options.NodeName, isReady ? Ready : "not ready");
    }

    [LoggerMessage(EventId = 242, Level = LogLevel.Information, Message = "node {Node} is shown as {State}")]
    private static partial void LogShown(ILogger logger, string node, string state);

    [LoggerMessage(EventId = 243, Level = LogLevel.Warning, Message = "presence of the node: {Message}")]
    private static partial void LogFailed(ILogger logger, string message);
}
