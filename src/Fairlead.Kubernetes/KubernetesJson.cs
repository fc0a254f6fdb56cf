using System.Text.Json.Serialization;
using Fairlead.Kubernetes.Configuration;
using Fairlead.Kubernetes.Requests;

namespace Fairlead.Kubernetes;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    IgnoreReadOnlyProperties = true,
    Converters = [typeof(KubernetesTimeConverter)]
)]
[JsonSerializable(typeof(Lease))]
[JsonSerializable(typeof(ClusterEvent))]
[JsonSerializable(typeof(StatusObject))]
[JsonSerializable(typeof(MetadataOnly))]
[JsonSerializable(typeof(DeleteBody))]
[JsonSerializable(typeof(ExecCredential))]
internal sealed partial class KubernetesJson : JsonSerializerContext;
