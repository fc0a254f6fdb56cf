using System.Collections;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Fairlead.Crds;

/// <summary>JSON as the Kubernetes API has it: camelCase, nothing for what is not given, source-generated (NativeAOT).</summary>
public static class CrdsJson
{
    /// <summary>On one line; the contract knows every type of this library.</summary>
    public static JsonSerializerOptions Compact { get; } = Create(indented: false);

    public static JsonSerializerOptions Indented { get; } = Create(indented: true);

    public static JsonTypeInfo<VirtualMachine> VirtualMachine { get; } = TypeOf<VirtualMachine>(Compact);

    public static JsonTypeInfo<VirtualMachineStatus> Status { get; } = TypeOf<VirtualMachineStatus>(Compact);

    internal static JsonTypeInfo<T> TypeOf<T>(JsonSerializerOptions options) =>
        (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));

    private static JsonSerializerOptions Create(bool indented)
    {
        JsonSerializerOptions options = new(CrdsJsonContext.Default.Options)
        {
            TypeInfoResolver = CrdsJsonContext.Default.WithAddedModifier(OmitEmptyCollections),
            WriteIndented = indented,
            // The output is never part of HTML: write MAC addresses and é as they are.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        options.MakeReadOnly();
        return options;
    }

    private static void OmitEmptyCollections(JsonTypeInfo type)
    {
        if (type.Type == typeof(VirtualMachineList))
            return;
        foreach (JsonPropertyInfo property in type.Properties)
        {
            if (property.PropertyType != typeof(string) && property.PropertyType.IsAssignableTo(typeof(IEnumerable)))
                property.ShouldSerialize = static (_, value) =>
                    value is IEnumerable items && items.Cast<object>().Any();
        }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(KubernetesTimeConverter)]
)]
[JsonSerializable(typeof(VirtualMachine))]
[JsonSerializable(typeof(VirtualMachineList))]
[JsonSerializable(typeof(Digested))]
internal sealed partial class CrdsJsonContext : JsonSerializerContext;

/// <summary>Several objects in one: <c>kind: List</c>, as kubectl writes them.</summary>
internal sealed record VirtualMachineList(string ApiVersion, string Kind, IReadOnlyList<VirtualMachine> Items);

/// <summary>metav1.Time: UTC and whole seconds.</summary>
internal sealed class KubernetesTimeConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
}
