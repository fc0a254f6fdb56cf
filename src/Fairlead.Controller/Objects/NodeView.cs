using Fairlead.Kubernetes;

namespace Fairlead.Controller.Objects;

/// <summary>What the controller reads of a node.</summary>
internal sealed record NodeView : IKubernetesObject
{
    public static ResourceType<NodeView> Resource { get; } =
        new("", "v1", "nodes", ControllerJson.Default.NodeView, node => node.Metadata.Identity)
        {
            Scope = ResourceScope.Cluster,
        };

    public ObjectMeta Metadata { get; set; } = new();

    public NodeViewSpec Spec { get; set; } = new();

    public bool IsAgentReady => Metadata.Labels?.GetValueOrDefault(Names.AgentLabel) == Names.AgentReady;
}

internal sealed record NodeViewSpec
{
    public IReadOnlyList<NodeTaint> Taints { get; set; } = [];
}

internal sealed record NodeTaint
{
    public string Key { get; set; } = "";
}
