using System.Text.Json.Serialization;
using Fairlead.Kubernetes;

namespace Fairlead.Controller.Objects;

// Properties with a default are settable, not init-only: generated code would overwrite the default with null where the
// object says nothing.
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    IgnoreReadOnlyProperties = true,
    Converters = [typeof(KubernetesTimeConverter)]
)]
[JsonSerializable(typeof(VirtualMachineView))]
[JsonSerializable(typeof(PodView))]
[JsonSerializable(typeof(NodeView))]
[JsonSerializable(typeof(ServiceView))]
[JsonSerializable(typeof(EndpointSlice))]
internal sealed partial class ControllerJson : JsonSerializerContext;
