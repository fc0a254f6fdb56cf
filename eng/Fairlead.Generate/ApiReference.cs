using System.Text;
using System.Text.Json.Nodes;
using Fairlead.Crds;

namespace Fairlead.Generate;

/// <summary>docs/api.md: every field of the schema, in the order of the types.</summary>
internal static class ApiReference
{
    public const string FileName = "api.md";

    public static string ToMarkdown()
    {
        StringBuilder text = new();
        text.Append(
            $"""
            <!-- Generated from src/Fairlead.Crds by `make generate`. Do not edit. -->
            # The API {VirtualMachine.GroupVersion}

            One kind, `{VirtualMachine.KindName}` (`virtualmachines`, short `vm` and `vms`), namespaced, with the subresource `status`. What
            the fields mean together is in [manifest.md](manifest.md); `kubectl explain vm.spec` shows the same as this page. The rules
            that a manifest must hold to are in the CustomResourceDefinition ([deploy/crds](../deploy/crds)), and are the standalone
            environment's own.

            """
        );
        JsonObject properties = SchemaBuilder.OfVirtualMachine()["properties"]!.AsObject();
        foreach (string part in (string[])["spec", "status"])
        {
            text.Append($"\n## {part}\n\n| field | type | |\n|---|---|---|\n");
            Write(text, properties[part]!.AsObject(), part);
        }

        return text.ToString();
    }

    private static void Write(StringBuilder text, JsonObject schema, string path)
    {
        if (schema["properties"] is not JsonObject properties)
            return;
        foreach ((string name, JsonNode? value) in properties)
        {
            JsonObject field = value!.AsObject();
            string at = $"{path}.{name}";
            text.Append($"| `{at}` | {TypeOf(field)} | {DescriptionOf(field)} |\n");
            bool isList = field["type"]!.ToString() == "array";
            Write(text, isList ? field["items"]!.AsObject() : field, isList ? at + "[]" : at);
        }
    }

    private static string TypeOf(JsonObject field) =>
        field["type"]!.ToString() switch
        {
            "array" => "list of " + TypeOf(field["items"]!.AsObject()),
            "object" when field["additionalProperties"] is not null => "map of strings",
            "string" when field["format"]?.ToString() == "date-time" => "time",
            string other => other,
        };

    private static string DescriptionOf(JsonObject field)
    {
        string text = field["description"]?.ToString() ?? "";
        if (field["enum"] is JsonArray words)
            text += $" One of {string.Join(", ", words.Select(w => w!.ToString()))}.";
        if (field["default"] is { } value and not JsonObject)
            text += $" Default: {value}.";
        return text.Replace("|", "\\|", StringComparison.Ordinal).Trim();
    }
}
