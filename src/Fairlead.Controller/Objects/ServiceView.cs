using System.Text.Json.Nodes;
using Fairlead.Kubernetes;

namespace Fairlead.Controller.Objects;

/// <summary>What the controller reads of a Service.</summary>
internal sealed record ServiceView : IKubernetesObject
{
    public static ResourceType<ServiceView> Resource { get; } =
        new("", "v1", "services", ControllerJson.Default.ServiceView, service => service.Metadata.Identity);

    public ObjectMeta Metadata { get; set; } = new();

    public ServiceViewSpec Spec { get; set; } = new();

    public ObjectKey Key => Metadata.Identity.Key;

    /// <summary>Which VMs it means; null when it is none of ours.</summary>
    public string? VmSelector =>
        Spec.Selector is null or { Count: 0 }
            ? Metadata.Annotations?.GetValueOrDefault(Names.SelectorAnnotation)
            : null;
}

internal sealed record ServiceViewSpec
{
    public IReadOnlyDictionary<string, string>? Selector { get; init; }

    public IReadOnlyList<string> IpFamilies { get; set; } = [];

    public IReadOnlyList<ServicePort> Ports { get; set; } = [];
}

internal sealed record ServicePort
{
    public string? Name { get; init; }

    public string Protocol { get; set; } = "TCP";

    public int Port { get; init; }

    /// <summary>A number; a name means nothing, since a VM names no ports.</summary>
    public JsonNode? TargetPort { get; init; }

    public string? AppProtocol { get; init; }
}

/// <summary>discovery.k8s.io/v1 EndpointSlice.</summary>
internal sealed record EndpointSlice : IKubernetesObject
{
    public static ResourceType<EndpointSlice> Resource { get; } =
        new(
            "discovery.k8s.io",
            "v1",
            "endpointslices",
            ControllerJson.Default.EndpointSlice,
            slice => slice.Metadata.Identity
        );

    public ObjectMeta Metadata { get; set; } = new();

    public string AddressType { get; set; } = "";

    public IReadOnlyList<SliceEndpoint> Endpoints { get; set; } = [];

    public IReadOnlyList<SlicePort> Ports { get; set; } = [];
}

internal sealed record SliceEndpoint
{
    public IReadOnlyList<string> Addresses { get; set; } = [];

    public SliceConditions Conditions { get; set; } = new();

    public string? NodeName { get; init; }

    public ObjectReference? TargetRef { get; init; }
}

internal sealed record SliceConditions
{
    public bool? Ready { get; init; }

    public bool? Serving { get; init; }

    public bool? Terminating { get; init; }
}

internal sealed record SlicePort
{
    public string? Name { get; init; }

    public int Port { get; init; }

    public string Protocol { get; set; } = "TCP";

    public string? AppProtocol { get; init; }
}
