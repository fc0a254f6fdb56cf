using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Crds;

namespace Fairlead.Cli.Output;

/// <summary>Objects as JSON and YAML, with every field that the agent sent, known to this program or not.</summary>
internal static class ObjectText
{
    private static readonly JsonWriterOptions Indented = new()
    {
        Indented = true,
        IndentSize = 4,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>What kubectl makes of several objects.</summary>
    public static JsonNode List(IEnumerable<string> items) =>
        new JsonObject
        {
            ["apiVersion"] = "v1",
            ["items"] = new JsonArray([.. items.Select(item => JsonNode.Parse(item))]),
            ["kind"] = "List",
            ["metadata"] = new JsonObject { ["resourceVersion"] = "" },
        };

    /// <summary>Ends with a newline.</summary>
    public static string Json(JsonNode node)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, Indented))
            node.WriteTo(writer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    /// <summary>Ends with a newline.</summary>
    public static string Yaml(JsonNode node) => ManifestWriter.ToYaml(node);
}
