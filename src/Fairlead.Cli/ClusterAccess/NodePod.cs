using System.Text.Json.Serialization;
using Fairlead.Kubernetes;

namespace Fairlead.Cli.ClusterAccess;

/// <summary>A node's libvirt pod, as far as the command line cares.</summary>
internal sealed record NodePod : IKubernetesObject
{
    /// <summary>On the pods of the DaemonSet.</summary>
    public const string Selector = "app.kubernetes.io/name=fairlead-libvirt";

    /// <summary>The container in which the agent is.</summary>
    public const string AgentContainer = "agent";

    public static ResourceType<NodePod> Resource { get; } =
        new("", "v1", "pods", NodePodJson.Default.NodePod, pod => pod.Metadata.Identity);

    public ObjectMeta Metadata { get; set; } = new();
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(NodePod))]
internal sealed partial class NodePodJson : JsonSerializerContext;
