using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Fairlead.Crds.Writing;

/// <summary>
/// Block YAML of a JSON tree, in kubectl's layout. Strings are quoted unless no reader, of YAML 1.1 or 1.2, could take
/// them for anything else: an unquoted MAC address is a base-60 number to YAML 1.1.
/// </summary>
internal static partial class YamlText
{
    public static string Write(JsonNode root)
    {
        StringBuilder text = new();
        if (root is JsonObject { Count: > 0 } or JsonArray { Count: > 0 })
            Block(text, root, 0);
        else
            text.Append(Inline(root)).Append('\n');
        return text.ToString();
    }

    private static void Block(StringBuilder text, JsonNode node, int indent)
    {
        if (node is JsonArray list)
        {
            foreach (JsonNode? item in list)
                Item(text, item, indent);
            return;
        }
        foreach ((string name, JsonNode? value) in node.AsObject())
        {
            text.Append(' ', indent).Append(Scalar(name)).Append(':');
            switch (value)
            {
                case JsonObject { Count: > 0 }:
                    text.Append('\n');
                    Block(text, value, indent + 2);
                    break;
                case JsonArray { Count: > 0 }:
                    text.Append('\n');
                    Block(text, value, indent);
                    break;
                default:
                    text.Append(' ').Append(Inline(value)).Append('\n');
                    break;
            }
        }
    }

    // The first line of the item's block goes behind the dash: "- name: net0".
    private static void Item(StringBuilder text, JsonNode? item, int indent)
    {
        text.Append(' ', indent).Append("- ");
        if (item is not (JsonObject { Count: > 0 } or JsonArray { Count: > 0 }))
        {
            text.Append(Inline(item)).Append('\n');
            return;
        }
        StringBuilder block = new();
        Block(block, item, indent + 2);
        text.Append(block, indent + 2, block.Length - indent - 2);
    }

    private static string Inline(JsonNode? node) =>
        node switch
        {
            null => "null",
            JsonObject => "{}",
            JsonArray => "[]",
            _ when node.GetValueKind() is JsonValueKind.String => Scalar(node.GetValue<string>()),
            _ => node.ToJsonString(),
        };

    private static string Scalar(string value) =>
        (Plain.IsMatch(value) && !Reserved.IsMatch(value)) || Dotted.IsMatch(value) ? value : Quoted(value);

    private static string Quoted(string value)
    {
        StringBuilder quoted = new("\"");
        foreach (Rune rune in value.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '"' or '\\' => quoted.Append('\\').Append(rune),
                '\n' => quoted.Append("\\n"),
                '\t' => quoted.Append("\\t"),
                // Line breaks of YAML 1.1 and what cannot be seen; beyond the BMP readers differ in what is printable.
                >= 0x20 and < 0x7f or >= 0xa1 and < 0x2000 or >= 0x2070 and < 0xd800 or >= 0xe000 and < 0xfe00 =>
                    quoted.Append(rune),
                > 0xffff => quoted.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:X8}"),
                _ => quoted.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:X4}"),
            };
        }
        return quoted.Append('"').ToString();
    }

    [GeneratedRegex(@"^[A-Za-z/_]([A-Za-z0-9/_.=+ -]*[A-Za-z0-9/_.=+-])?\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Plain { get; }

    // What YAML 1.1 (https://yaml.org/type/) or 1.2 make a bool or null of.
    [GeneratedRegex(
        @"^(y|n|yes|no|on|off|true|false|null)\z",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase,
        1000
    )]
    private static partial Regex Reserved { get; }

    /// <summary>IPv4 addresses: too many dots for a number.</summary>
    [GeneratedRegex(@"^[0-9]{1,3}(\.[0-9]{1,3}){3}\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Dotted { get; }
}
