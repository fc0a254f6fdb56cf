using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Fairlead.Generate;

/// <summary>JSON as block YAML that reads well in a diff.</summary>
internal static partial class YamlWriter
{
    private static readonly JsonSerializerOptions s_quoted = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Write(JsonObject root)
    {
        StringBuilder text = new();
        Write(text, root, 0);
        return text.ToString();
    }

    private static void Write(StringBuilder text, JsonObject node, int indent)
    {
        foreach ((string name, JsonNode? value) in node)
        {
            text.Append(' ', indent).Append(Scalar(name)).Append(':');
            WriteValue(text, value, indent);
        }
    }

    private static void WriteValue(StringBuilder text, JsonNode? value, int indent)
    {
        switch (value)
        {
            case JsonObject { Count: > 0 } map:
                text.Append('\n');
                Write(text, map, indent + 2);
                break;
            case JsonArray { Count: > 0 } list:
                text.Append('\n');
                foreach (JsonNode? item in list)
                    WriteItem(text, item, indent);
                break;
            case JsonObject:
                text.Append(" {}\n");
                break;
            case JsonArray:
                text.Append(" []\n");
                break;
            default:
                text.Append(' ').Append(Scalar(value)).Append('\n');
                break;
        }
    }

    private static void WriteItem(StringBuilder text, JsonNode? item, int indent)
    {
        if (item is not JsonObject { Count: > 0 } map)
        {
            text.Append(' ', indent).Append("- ").Append(Scalar(item)).Append('\n');
            return;
        }

        StringBuilder block = new();
        Write(block, map, indent + 2);
        block[indent] = '-';
        text.Append(block);
    }

    private static string Scalar(JsonNode? value) =>
        value?.GetValueKind() == JsonValueKind.String
            ? Scalar(value.GetValue<string>())
            : value?.ToJsonString() ?? "null";

    private static string Scalar(string value) =>
        PlainWord.IsMatch(value)
        && value is not ("true" or "false" or "null" or "yes" or "no" or "on" or "off" or "y" or "n")
            ? value
            : JsonSerializer.Serialize(value, s_quoted);

    [GeneratedRegex(@"^[A-Za-z.][A-Za-z0-9._/\[\]-]*\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PlainWord { get; }
}
