using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Fairlead.Crds;

namespace Fairlead.Generate;

/// <summary>The structural schema of the types: shapes and descriptions from the code, rules from <see cref="SpecRules"/>.</summary>
internal static class SchemaBuilder
{
    private static readonly XmlDocs s_docs = XmlDocs.Of(typeof(VirtualMachine).Assembly);

    public static JsonObject OfVirtualMachine()
    {
        JsonObject schema = OfObject(typeof(VirtualMachine), "");
        JsonObject properties = schema["properties"]!.AsObject();
        // The API server has a schema of its own for these, and takes no other.
        properties["apiVersion"] = new JsonObject { ["type"] = "string" };
        properties["kind"] = new JsonObject { ["type"] = "string" };
        // The name is the guest's host name: stricter than Kubernetes' own rule.
        properties["metadata"] = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                ["name"] = new JsonObject
                {
                    ["type"] = "string",
                    ["maxLength"] = 63,
                    ["pattern"] = "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$",
                },
            },
        };
        properties["spec"]!["default"] = new JsonObject();
        return schema;
    }

    private static JsonObject OfObject(Type type, string path)
    {
        JsonObject properties = [];
        JsonArray required = [];
        foreach (PropertyInfo property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.GetCustomAttribute<JsonIgnoreAttribute>() is not null || property.Name == "EqualityContract")
                continue;
            string name = JsonNamingPolicy.CamelCase.ConvertName(property.Name);
            string at = path is "" ? name : $"{path}.{name}";
            properties[name] = OfProperty(property, at);
            if (IsListMapKey(at))
                required.Add(name);
        }

        JsonObject schema = new() { ["type"] = "object" };
        // The API server drops an empty map, and what it has would differ from what is applied.
        if (properties.Count > 0)
            schema["properties"] = properties;
        if (s_docs.Summary(type) is { } summary)
            schema.Insert(0, "description", summary);
        if (required.Count > 0)
            schema["required"] = required;
        AddRules(schema, path);
        return schema;
    }

    private static JsonObject OfProperty(PropertyInfo property, string path)
    {
        JsonObject schema = OfType(property.PropertyType, path);
        if ((s_docs.Summary(property) ?? s_docs.Summary(ShownType(property.PropertyType))) is { } summary)
        {
            schema.Remove("description");
            schema.Insert(0, "description", summary);
        }

        if (SpecRules.Defaults.TryGetValue(path, out JsonNode? value))
            schema["default"] = value.DeepClone();
        return schema;
    }

    private static JsonObject OfType(Type type, string path)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string))
            return OfScalar("string", null, path, SpecRules.LongestString(path));
        if (type == typeof(bool))
            return OfScalar("boolean", null, path);
        if (type == typeof(int))
            return OfScalar("integer", "int32", path);
        if (type == typeof(long))
            return OfScalar("integer", "int64", path);
        if (type == typeof(DateTimeOffset))
            return OfScalar("string", "date-time", path);
        if (type == typeof(JsonObject))
            return new JsonObject { ["type"] = "object", ["x-kubernetes-preserve-unknown-fields"] = true };
        if (type.IsEnum)
        {
            JsonObject schema = OfScalar("string", null, path);
            schema["enum"] = new JsonArray([.. Enum.GetNames(type).Select(n => (JsonNode)n)]);
            return schema;
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>))
            return new JsonObject
            {
                ["type"] = "object",
                ["additionalProperties"] = new JsonObject { ["type"] = "string" },
            };
        return type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>)
            ? OfList(type.GetGenericArguments()[0], path)
            : OfObject(type, path);
    }

    private static JsonObject OfList(Type item, string path)
    {
        JsonObject schema = new() { ["type"] = "array", ["items"] = OfType(item, path + "[]") };
        if (SpecRules.ListMapKeys.TryGetValue(path, out string? key))
        {
            schema["x-kubernetes-list-type"] = "map";
            schema["x-kubernetes-list-map-keys"] = new JsonArray(key);
        }
        else
        {
            schema["x-kubernetes-list-type"] = "atomic";
        }

        if (path.StartsWith("spec.", StringComparison.Ordinal))
            schema["maxItems"] = SpecRules.MostItems(path);
        AddRules(schema, path);
        return schema;
    }

    private static JsonObject OfScalar(string type, string? format, string path, int? longest = null)
    {
        JsonObject schema = new() { ["type"] = type };
        if (format is not null)
            schema["format"] = format;
        if (longest is not null)
            schema["maxLength"] = longest;
        AddRules(schema, path);
        return schema;
    }

    private static void AddRules(JsonObject schema, string path)
    {
        JsonArray rules = [.. SpecRules.Of(path).Select(rule => (JsonNode)rule.ToJson())];
        if (rules.Count > 0)
            schema["x-kubernetes-validations"] = rules;
    }

    private static bool IsListMapKey(string path) =>
        SpecRules.ListMapKeys.Any(pair => path == $"{pair.Key}[].{pair.Value}");

    private static Type ShownType(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>)
            ? type.GetGenericArguments()[0]
            : Nullable.GetUnderlyingType(type) ?? type;
}
