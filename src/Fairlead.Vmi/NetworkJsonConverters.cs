using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Fairlead.Netlink;

namespace Fairlead.Vmi;

/// <summary>A type that is one JSON string, in its usual notation.</summary>
internal abstract class TextConverter<T>(Func<string, T> parse) : JsonConverter<T>
    where T : notnull
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        string text = reader.GetString() ?? throw new JsonException($"null is no {typeof(T).Name}");
        try
        {
            return parse(text);
        }
        catch (FormatException e)
        {
            throw new JsonException($"\"{text}\" is no {typeof(T).Name}", e);
        }
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}

internal sealed class IPAddressConverter() : TextConverter<IPAddress>(IPAddress.Parse);

internal sealed class IPNetworkConverter() : TextConverter<IPNetwork>(IPNetwork.Parse);

internal sealed class InterfaceAddressConverter() : TextConverter<InterfaceAddress>(InterfaceAddress.Parse);

internal sealed class MacAddressConverter() : TextConverter<MacAddress>(MacAddress.Parse);
