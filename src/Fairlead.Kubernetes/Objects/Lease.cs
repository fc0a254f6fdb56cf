using System.Text.Json.Serialization;

namespace Fairlead.Kubernetes;

/// <summary>coordination.k8s.io/v1 Lease.</summary>
public sealed record Lease : IKubernetesObject
{
    public static ResourceType<Lease> Resource { get; } =
        new("coordination.k8s.io", "v1", "leases", KubernetesJson.Default.Lease, lease => lease.Metadata.Identity);

    public string ApiVersion { get; init; } = "coordination.k8s.io/v1";

    public string Kind { get; init; } = "Lease";

    public ObjectMeta Metadata { get; init; } = new();

    public LeaseSpec Spec { get; init; } = new();
}

public sealed record LeaseSpec
{
    /// <summary>Empty once it has been given up.</summary>
    public string? HolderIdentity { get; init; }

    public int? LeaseDurationSeconds { get; init; }

    [JsonConverter(typeof(KubernetesMicroTimeConverter))]
    public DateTimeOffset? AcquireTime { get; init; }

    [JsonConverter(typeof(KubernetesMicroTimeConverter))]
    public DateTimeOffset? RenewTime { get; init; }

    public int? LeaseTransitions { get; init; }
}
