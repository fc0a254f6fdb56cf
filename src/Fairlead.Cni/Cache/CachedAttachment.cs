using System.Text.Json;
using Fairlead.Cni.Json;

namespace Fairlead.Cni;

/// <summary>A successful ADD as the cache remembers it; libcni's <c>cniCacheV1</c>.</summary>
public sealed class CachedAttachment
{
    internal const string Kind = "cniCacheV1";

    internal CachedAttachment(
        string networkName,
        CniAttachment attachment,
        ReadOnlyMemory<byte> configuration,
        CniResult? result
    )
    {
        NetworkName = networkName;
        Attachment = attachment;
        Configuration = configuration;
        Result = result;
    }

    /// <summary>The network.</summary>
    public string NetworkName { get; }

    /// <summary>The parameters of the ADD.</summary>
    public CniAttachment Attachment { get; }

    /// <summary>
    /// The configuration that the ADD was made with, for <see cref="NetworkConfigurationList.Parse"/>; as the caller of
    /// libcni gave it, if libcni wrote the entry.
    /// </summary>
    public ReadOnlyMemory<byte> Configuration { get; }

    /// <summary>The result of the last plugin; null if none was recorded.</summary>
    public CniResult? Result { get; }

    internal byte[] ToJson()
    {
        JsonMembers entry = new();
        entry.Set("kind", Kind);
        entry.Set("containerId", Attachment.ContainerId);
        entry.Set("config", Convert.ToBase64String(Configuration.Span));
        entry.Set("ifName", Attachment.InterfaceName);
        entry.Set("networkName", NetworkName);
        if (!string.IsNullOrEmpty(Attachment.NetnsPath))
            entry.Set("netns", Attachment.NetnsPath);
        if (Attachment.CniArgs.Count > 0)
            entry.Set("cniArgs", JsonMembers.Array(Attachment.CniArgs.Select(static arg => Pair(arg.Key, arg.Value))));
        if (Attachment.CapabilityArgs.Count > 0)
        {
            JsonMembers capabilities = new();
            foreach ((string name, JsonElement value) in Attachment.CapabilityArgs)
            {
                ReadOnlySpan<byte> raw = System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(value);
                capabilities.Set(name, raw.ToArray());
            }
            entry.Set("capabilityArgs", capabilities.ToBytes());
        }
        if (Result is not null)
            entry.Set("result", Result.RawBytes);
        return entry.ToBytes();
    }

    /// <summary>Reads an entry; null if it is of another kind, such as the bare result of old libcni.</summary>
    /// <exception cref="CniFormatException">It is malformed.</exception>
    internal static CachedAttachment? Parse(byte[] json, string path)
    {
        using JsonText text = JsonText.Parse(json, path);
        JsonView root = text.Root.RequireObject();
        if (!string.Equals(root.OptionalString("kind"), Kind, StringComparison.Ordinal))
            return null;
        CniAttachment attachment = new()
        {
            ContainerId = root.OptionalString("containerId") ?? "",
            InterfaceName = root.OptionalString("ifName") ?? "",
            NetnsPath = root.OptionalString("netns"),
            CniArgs = root.OptionalArray("cniArgs").ConvertAll(ReadPair),
            CapabilityArgs = ReadCapabilities(root),
        };
        return new(
            root.OptionalString("networkName") ?? "",
            attachment,
            ReadConfiguration(root),
            root.Present("result") is { } result ? CniResult.Parse(result.Raw, default, path) : null
        );
    }

    private static byte[] ReadConfiguration(JsonView root)
    {
        if (root.Present("config") is not { } config)
            return [];
        config.RequireString();
        return config.Element.TryGetBytesFromBase64(out byte[]? bytes) ? bytes : throw config.Error("is not base64");
    }

    private static KeyValuePair<string, string> ReadPair(JsonView view) =>
        view.RequireArray() is [var key, var value]
            ? new(key.RequireString(), value.RequireString())
            : throw view.Error("must be a pair of strings");

    private static Dictionary<string, JsonElement> ReadCapabilities(JsonView root)
    {
        Dictionary<string, JsonElement> result = new(StringComparer.Ordinal);
        if (root.Present("capabilityArgs") is { } arguments)
        {
            foreach ((string name, JsonView value) in arguments.Members())
                result[name] = value.Element.Clone();
        }
        return result;
    }

    private static ReadOnlyMemory<byte> Pair(string key, string value) =>
        JsonMembers.Array([JsonMembers.Quote(key), JsonMembers.Quote(value)]);
}
