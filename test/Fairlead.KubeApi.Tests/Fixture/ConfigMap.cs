using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Fairlead.KubeApi.Tests.Fixture;

/// <summary>The object that the tests of the client play with.</summary>
internal sealed record ConfigMap : IKubernetesObject
{
    public static ResourceType<ConfigMap> Resource { get; } =
        new("", "v1", "configmaps", TestJson.Default.ConfigMap, map => map.Metadata.Identity);

    public string ApiVersion { get; init; } = "v1";

    public string Kind { get; init; } = "ConfigMap";

    public ObjectMeta Metadata { get; init; } = new();

    public Dictionary<string, string>? Data { get; init; }

    public static ObjectKey Key(string name) => new("default", name);

    public static ConfigMap Named(string name, string value = "", string? label = null) =>
        new()
        {
            Metadata = new ObjectMeta
            {
                Namespace = "default",
                Name = name,
                Labels = label is null ? null : new Dictionary<string, string> { ["test"] = label },
            },
            Data = new Dictionary<string, string> { ["value"] = value },
        };

    public static JsonObject Fields(string field, string value) =>
        new() { ["data"] = new JsonObject { [field] = value } };
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    IgnoreReadOnlyProperties = true,
    Converters = [typeof(KubernetesTimeConverter)]
)]
[JsonSerializable(typeof(ConfigMap))]
[JsonSerializable(typeof(JsonObject))]
internal sealed partial class TestJson : JsonSerializerContext;
