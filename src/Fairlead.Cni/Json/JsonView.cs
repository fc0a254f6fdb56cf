using System.Globalization;
using System.Text.Json;

namespace Fairlead.Cni.Json;

/// <summary>One value of a <see cref="JsonText"/> with its path; the readers throw CniFormatException naming it.</summary>
internal readonly struct JsonView(JsonText text, JsonElement element, string path)
{
    public JsonElement Element => element;

    public string Path => path;

    public JsonValueKind Kind => element.ValueKind;

    public ReadOnlyMemory<byte> Raw => text.Slice(element);

    public ReadOnlyMemory<byte> Slice(JsonElement part) => text.Slice(part);

    public CniFormatException Error(string reason) => text.Error(reason, element, path);

    /// <summary>The member, or null if absent. A member given twice counts with its last value, as in Go.</summary>
    public JsonView? Member(string name) =>
        element.TryGetProperty(name, out JsonElement value) ? new JsonView(text, value, $"{path}.{name}") : null;

    /// <summary>The member, or null if absent or JSON null, which Go's typed decoding takes for absent.</summary>
    public JsonView? Present(string name) => Member(name) is { Kind: not JsonValueKind.Null } member ? member : null;

    /// <summary>The error that a member is missing; names one that differs by case alone, which Go might have taken.</summary>
    public CniFormatException Missing(string name, string what)
    {
        string? near = null;
        if (Kind == JsonValueKind.Object)
            near = Members()
                .Select(static m => m.Name)
                .FirstOrDefault(n => n.Equals(name, StringComparison.OrdinalIgnoreCase));
        return Error($"missing '{name}', {what}" + (near is null ? "" : $" ('{near}' is another name: case matters)"));
    }

    public JsonView RequireObject() => Kind == JsonValueKind.Object ? this : throw Wrong("an object");

    public string RequireString() => Kind == JsonValueKind.String ? element.GetString()! : throw Wrong("a string");

    public int RequireInt32() =>
        Kind == JsonValueKind.Number && element.TryGetInt32(out int value)
            ? value
            : throw Wrong("a whole number of 32 bits");

    public uint RequireUInt32() =>
        Kind == JsonValueKind.Number && element.TryGetUInt32(out uint value)
            ? value
            : throw Wrong("a whole number from 0 to 4294967295");

    public bool RequireBoolean() =>
        Kind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Wrong("true or false"),
        };

    public string? OptionalString(string name) => Present(name)?.RequireString();

    /// <summary>The elements of an array.</summary>
    public List<JsonView> RequireArray()
    {
        if (Kind != JsonValueKind.Array)
            throw Wrong("an array");
        List<JsonView> items = new(element.GetArrayLength());
        foreach (JsonElement item in element.EnumerateArray())
            items.Add(new(text, item, string.Create(CultureInfo.InvariantCulture, $"{path}[{items.Count}]")));
        return items;
    }

    /// <summary>The elements of an optional array; none if it is absent or null.</summary>
    public List<JsonView> OptionalArray(string name) => Present(name)?.RequireArray() ?? [];

    public List<string> OptionalStrings(string name) =>
        OptionalArray(name).ConvertAll(static item => item.RequireString());

    public IEnumerable<(string Name, JsonView Value)> Members()
    {
        foreach (JsonProperty property in RequireObject().Element.EnumerateObject())
            yield return (property.Name, new JsonView(text, property.Value, $"{path}.{property.Name}"));
    }

    public CniFormatException Wrong(string wanted) => Error($"must be {wanted}, not {Name(Kind)}");

    private static string Name(JsonValueKind kind) =>
        kind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => "an array",
            JsonValueKind.String => "a string",
            JsonValueKind.Number => "a number",
            JsonValueKind.Null => "null",
            _ => "a boolean",
        };
}
