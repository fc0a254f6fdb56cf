using System.Text.Json.Serialization;
using Fairlead.Kubernetes;

namespace Fairlead.CniProxy.Cluster;

/// <summary>k8s.cni.cncf.io/v1 NetworkAttachmentDefinition.</summary>
internal sealed record NetworkAttachmentDefinition : IKubernetesObject
{
    public static ResourceType<NetworkAttachmentDefinition> Resource { get; } =
        new(
            "k8s.cni.cncf.io",
            "v1",
            "network-attachment-definitions",
            ClusterJson.Default.NetworkAttachmentDefinition,
            definition => definition.Metadata.Identity
        );

    public ObjectMeta Metadata { get; set; } = new();

    public DefinitionSpec? Spec { get; set; }
}

internal sealed record DefinitionSpec
{
    /// <summary>A network configuration as text; empty: a file of the node by the definition's name.</summary>
    public string? Config { get; set; }
}

/// <summary>What the proxy reads of a launcher pod.</summary>
internal sealed record LauncherPod : IKubernetesObject
{
    /// <summary>On every launcher, with the UID of its machine.</summary>
    public const string Label = "fairlead.dev/launcher-of";

    public static ResourceType<LauncherPod> Resource { get; } =
        new("", "v1", "pods", ClusterJson.Default.LauncherPod, pod => pod.Metadata.Identity);

    public ObjectMeta Metadata { get; set; } = new();

    public LauncherSpec Spec { get; set; } = new();
}

internal sealed record LauncherSpec
{
    public string? NodeName { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(NetworkAttachmentDefinition))]
[JsonSerializable(typeof(LauncherPod))]
internal sealed partial class ClusterJson : JsonSerializerContext;
