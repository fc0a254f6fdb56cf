using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Fairlead.KubeApi.Tests.Fixture;

/// <summary>Manifests as kubectl sends them: whatever they say, as JSON.</summary>
internal static class RawObjects
{
    private static readonly string[] s_true = ["true", "yes", "on"];
    private static readonly string[] s_false = ["false", "no", "off"];

    public static ResourceType<JsonObject> VirtualMachines { get; } =
        new("fairlead.dev", "v1alpha1", "virtualmachines", TestJson.Default.JsonObject, Identify);

    /// <summary>The documents of a text, those of a List one by one; null if it is not YAML.</summary>
    public static IReadOnlyList<JsonObject>? Read(string text)
    {
        YamlStream stream = [];
        try
        {
            using StringReader reader = new(text);
            stream.Load(reader);
        }
        catch (YamlException)
        {
            return null;
        }

        return
        [
            .. stream
                .Documents.Select(document => ToJson(document.RootNode))
                .OfType<JsonObject>()
                .SelectMany(o =>
                    o["kind"]?.ToString() == "List" && o["items"] is JsonArray items
                        ? items.OfType<JsonObject>().Select(i => i.DeepClone().AsObject())
                        : [o]
                ),
        ];
    }

    private static ObjectIdentity Identify(JsonObject o) =>
        new(
            new ObjectKey(Text(o, "namespace") ?? "default", Text(o, "name") ?? ""),
            Text(o, "uid"),
            Text(o, "resourceVersion")
        );

    private static string? Text(JsonObject o, string field) => (o["metadata"] as JsonObject)?[field]?.ToString();

    private static JsonNode? ToJson(YamlNode node) =>
        node switch
        {
            YamlMappingNode map => new JsonObject(
                map.Children.Select(pair => KeyValuePair.Create(pair.Key.ToString(), ToJson(pair.Value)))
            ),
            YamlSequenceNode list => new JsonArray([.. list.Children.Select(ToJson)]),
            YamlScalarNode scalar => ToJson(scalar),
            _ => null,
        };

    // The words of YAML 1.1, as kubectl reads them.
    private static JsonNode? ToJson(YamlScalarNode scalar)
    {
        string value = scalar.Value ?? "";
        if (scalar.Style != ScalarStyle.Plain)
            return value;
        if (value is "" or "~" or "null")
            return null;
        if (s_true.Contains(value, StringComparer.Ordinal))
            return true;
        if (s_false.Contains(value, StringComparer.Ordinal))
            return false;
        if (long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole))
            return whole;
        return
            double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            && double.IsFinite(number)
            ? number
            : value;
    }
}
