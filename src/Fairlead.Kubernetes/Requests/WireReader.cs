using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Fairlead.Kubernetes.Requests;

/// <summary>
/// Reads lists and watch lines item by item, so that a caller brings the contract of one object only, and one object that
/// cannot be decoded does not take the others with it.
/// </summary>
internal static class WireReader
{
    /// <param name="onUndecodable">Told of each object that does not fit <paramref name="type"/>; null: that is an error.</param>
    public static ResourceList<T> ReadList<T>(
        ReadOnlySpan<byte> json,
        JsonTypeInfo<T> type,
        Action<string>? onUndecodable
    )
        where T : class
    {
        List<T> items = [];
        string version = "";
        string? next = null;
        Utf8JsonReader reader = new(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isItems = reader.ValueTextEquals("items"u8);
            bool isMetadata = reader.ValueTextEquals("metadata"u8);
            reader.Read();
            if (isItems && reader.TokenType == JsonTokenType.StartArray)
                ReadItems(ref reader, json, type, items, onUndecodable);
            else if (isMetadata)
                (version, next) = ReadListMetadata(ref reader);
            else
                reader.Skip();
        }

        return new ResourceList<T>(items, version, next);
    }

    /// <summary>One line of a watch: its type, and the JSON of its object.</summary>
    public static (string Type, ReadOnlyMemory<byte> Object) ReadWatchLine(ReadOnlyMemory<byte> line)
    {
        string type = "";
        ReadOnlyMemory<byte> item = default;
        Utf8JsonReader reader = new(line.Span);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isType = reader.ValueTextEquals("type"u8);
            bool isObject = reader.ValueTextEquals("object"u8);
            reader.Read();
            if (isType)
            {
                type = reader.GetString()!;
            }
            else
            {
                int start = (int)reader.TokenStartIndex;
                reader.Skip();
                if (isObject)
                    item = line[start..(int)reader.BytesConsumed];
            }
        }

        return (type, item);
    }

    /// <summary>Null, and the caller told, when the object does not fit.</summary>
    public static T? TryDecode<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type, Action<string>? onUndecodable)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(json, type);
        }
        catch (JsonException e) when (onUndecodable is not null)
        {
            onUndecodable($"{NameOf(json)}: {e.Message}");
            return null;
        }
    }

    private static void ReadItems<T>(
        ref Utf8JsonReader reader,
        ReadOnlySpan<byte> json,
        JsonTypeInfo<T> type,
        List<T> items,
        Action<string>? onUndecodable
    )
        where T : class
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            int start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (TryDecode(json[start..(int)reader.BytesConsumed], type, onUndecodable) is { } item)
                items.Add(item);
        }
    }

    private static (string Version, string? Continue) ReadListMetadata(ref Utf8JsonReader reader)
    {
        string version = "";
        string? next = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isVersion = reader.ValueTextEquals("resourceVersion"u8);
            bool isContinue = reader.ValueTextEquals("continue"u8);
            reader.Read();
            if (isVersion)
                version = reader.GetString() ?? "";
            else if (isContinue)
                next = reader.GetString() is { Length: > 0 } token ? token : null;
            else
                reader.Skip();
        }

        return (version, next);
    }

    private static string NameOf(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer
                    .Deserialize(json, KubernetesJson.Default.MetadataOnly)
                    ?.Metadata?.Identity.Key.ToString()
                ?? "an object without metadata";
        }
        catch (JsonException)
        {
            return "an object without metadata";
        }
    }
}
