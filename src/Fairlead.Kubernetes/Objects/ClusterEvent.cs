using System.Text.Json.Serialization;

namespace Fairlead.Kubernetes;

/// <summary>events.k8s.io/v1 Event.</summary>
public sealed record ClusterEvent : IKubernetesObject
{
    public static ResourceType<ClusterEvent> Resource { get; } =
        new("events.k8s.io", "v1", "events", KubernetesJson.Default.ClusterEvent, e => e.Metadata.Identity);

    public string ApiVersion { get; init; } = "events.k8s.io/v1";

    public string Kind { get; init; } = "Event";

    public ObjectMeta Metadata { get; init; } = new();

    [JsonConverter(typeof(KubernetesMicroTimeConverter))]
    public DateTimeOffset? EventTime { get; init; }

    public EventSeries? Series { get; init; }

    public string? ReportingController { get; init; }

    public string? ReportingInstance { get; init; }

    public string? Action { get; init; }

    public string? Reason { get; init; }

    public ObjectReference? Regarding { get; init; }

    public ObjectReference? Related { get; init; }

    public string? Note { get; init; }

    /// <summary>Normal or Warning.</summary>
    public string? Type { get; init; }
}

/// <summary>The same event more than once.</summary>
public sealed record EventSeries
{
    public int Count { get; init; }

    [JsonConverter(typeof(KubernetesMicroTimeConverter))]
    public DateTimeOffset? LastObservedTime { get; init; }
}
