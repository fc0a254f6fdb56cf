using System.Buffers;
using System.Net;
using System.Text.Json;
using Fairlead.Cni;

namespace Fairlead.Standalone.Networks;

/// <summary>The network that Fairlead brings along for machines that have no CNI configuration: a bridge of its own.</summary>
/// <param name="Bridge">The bridge's name.</param>
/// <param name="Subnet">Its subnet; null in a file that somebody has changed so far that it has none.</param>
internal sealed record BundledNetwork(string Bridge, IPNetwork? Subnet)
{
    public const string NetworkName = "fairlead";
    public const string FileName = "10-fairlead.conflist";

    /// <summary>The network configuration list.</summary>
    /// <param name="ipamData">Where host-local keeps its reservations.</param>
    public byte[] ToJson(string ipamData)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            // 1.0.0: what Debian's plugins (1.1.1) know.
            json.WriteString("cniVersion", "1.0.0");
            json.WriteString("name", NetworkName);
            json.WriteStartArray("plugins");
            WriteBridge(json, ipamData);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>What a configuration list of ours says; null when its first plugin is no bridge.</summary>
    public static BundledNetwork? From(NetworkConfigurationList list)
    {
        using JsonDocument document = JsonDocument.Parse(list.Plugins[0].RawBytes);
        JsonElement plugin = document.RootElement;
        if (!plugin.TryGetProperty("bridge", out JsonElement bridge) || bridge.GetString() is not { } name)
            return null;
        IPNetwork? subnet =
            plugin.TryGetProperty("ipam", out JsonElement ipam)
            && ipam.TryGetProperty("ranges", out JsonElement ranges)
            && ranges is { ValueKind: JsonValueKind.Array }
            && ranges.EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.Array } set
            && set.EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.Object } range
            && range.TryGetProperty("subnet", out JsonElement text)
            && IPNetwork.TryParse(text.GetString(), out IPNetwork network)
                ? network
                : null;
        return new BundledNetwork(name, subnet);
    }

    private void WriteBridge(Utf8JsonWriter json, string ipamData)
    {
        json.WriteStartObject();
        json.WriteString("type", "bridge");
        json.WriteString("bridge", Bridge);
        json.WriteBoolean("isGateway", true);
        json.WriteBoolean("ipMasq", true);
        json.WriteStartObject("capabilities");
        json.WriteBoolean("mac", true);
        json.WriteBoolean("ips", true);
        json.WriteEndObject();
        json.WriteStartObject("ipam");
        json.WriteString("type", "host-local");
        json.WriteString("dataDir", ipamData);
        json.WriteStartArray("ranges");
        json.WriteStartArray();
        json.WriteStartObject();
        json.WriteString("subnet", Subnet.ToString());
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndArray();
        json.WriteStartArray("routes");
        json.WriteStartObject();
        json.WriteString("dst", "0.0.0.0/0");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
