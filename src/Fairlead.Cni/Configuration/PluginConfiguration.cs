using Fairlead.Cni.Json;

namespace Fairlead.Cni;

/// <summary>The configuration of one plugin of a network (CNI spec section 1, "plugin configuration objects").</summary>
public sealed class PluginConfiguration
{
    private PluginConfiguration(JsonMembers members, ReadOnlyMemory<byte> rawBytes, JsonView view)
    {
        Members = members;
        RawBytes = rawBytes;
        JsonView? type = view.Present("type");
        Type = type?.RequireString() ?? "";
        if (Type.Length == 0)
            throw type is { } empty
                ? empty.Error("missing 'type', the name of the plugin's executable")
                : view.Missing("type", "the name of the plugin's executable");
        Capabilities = ReadCapabilities(view);
        IpamType = view.Present("ipam") is { Kind: System.Text.Json.JsonValueKind.Object } ipam
            ? ipam.OptionalString("type") is { Length: > 0 } name
                ? name
                : null
            : null;
    }

    /// <summary>The name of the plugin's executable in the plugin directories.</summary>
    public string Type { get; }

    /// <summary>The name of the address management plugin that this one delegates to (<c>ipam.type</c>); null if none.</summary>
    public string? IpamType { get; }

    /// <summary>The capabilities that the configuration declares as true, in their order; others get no runtimeConfig.</summary>
    public IReadOnlyList<string> Capabilities { get; }

    /// <summary>The JSON object as it was written, byte for byte.</summary>
    public ReadOnlyMemory<byte> RawBytes { get; }

    internal JsonMembers Members { get; }

    /// <summary>Reads the configuration of one plugin.</summary>
    /// <exception cref="CniFormatException">No JSON object, no <c>type</c>, or a field of the wrong type.</exception>
    public static PluginConfiguration Parse(ReadOnlySpan<byte> json, string? sourcePath = null)
    {
        using JsonText text = JsonText.Parse(json.ToArray(), sourcePath);
        return From(text.Root);
    }

    /// <summary>The same configuration with one member set, replaced in its place if it exists.</summary>
    /// <param name="key">The member's name; not empty.</param>
    /// <param name="json">Its value, any JSON but null.</param>
    /// <exception cref="CniFormatException">The value is no JSON, or null; or the result is no plugin configuration.</exception>
    public PluginConfiguration With(string key, ReadOnlySpan<byte> json)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        byte[] value = json.ToArray();
        using (JsonText text = JsonText.Parse(value, sourcePath: null))
        {
            if (text.Root.Kind == System.Text.Json.JsonValueKind.Null)
                throw text.Root.Error($"the value for '{key}' must not be null");
        }
        return Parse(Members.Copy().Set(key, value).ToBytes());
    }

    internal static PluginConfiguration From(JsonView view) =>
        new(JsonMembers.From(view.RequireObject()), view.Raw, view);

    private static List<string> ReadCapabilities(JsonView view)
    {
        List<string> names = [];
        if (view.Present("capabilities") is { } capabilities)
        {
            foreach ((string name, JsonView value) in capabilities.Members())
                if (value.RequireBoolean() && !names.Contains(name))
                    names.Add(name);
        }
        return names;
    }
}
