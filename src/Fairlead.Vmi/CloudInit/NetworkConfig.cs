using System.Buffers;
using System.Net.Sockets;
using System.Text.Json;

namespace Fairlead.Vmi.CloudInit;

/// <summary>
/// What DHCP tells a guest, and its other addresses too, as cloud-init's network configuration, version 2
/// (https://docs.cloud-init.io/en/latest/reference/network-config-format-v2.html). Pure. It is JSON, which is YAML.
/// </summary>
internal static class NetworkConfig
{
    public static byte[] Build(IEnumerable<AttachmentRecord> vnics)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("version", 2);
            json.WriteStartObject("ethernets");
            foreach (AttachmentRecord vnic in vnics)
                WriteVnic(json, vnic.Vnic, vnic.Endpoint!, vnic.Facts);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteVnic(Utf8JsonWriter json, string name, VnicEndpoint endpoint, GuestFacts? facts)
    {
        json.WriteStartObject(name);
        json.WriteStartObject("match");
        json.WriteString("macaddress", endpoint.Mac.ToString());
        json.WriteEndObject();
        json.WriteNumber("mtu", Math.Min(facts?.MtuBytes ?? int.MaxValue, endpoint.MtuBytes));
        json.WriteBoolean("dhcp4", false);
        json.WriteBoolean("dhcp6", false);
        if (endpoint.Addresses is not [])
            WriteStrings(json, "addresses", endpoint.Addresses.Select(a => a.ToString()));
        WriteRoutes(json, endpoint);
        if (endpoint.Dns.Servers is not [] || endpoint.Dns.Search is not [])
        {
            json.WriteStartObject("nameservers");
            WriteStrings(json, "addresses", endpoint.Dns.Servers.Select(s => s.ToString()));
            WriteStrings(json, "search", endpoint.Dns.Search);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteRoutes(Utf8JsonWriter json, VnicEndpoint endpoint)
    {
        if (endpoint.Routes is [] && endpoint.Gateway is null)
            return;
        json.WriteStartArray("routes");
        // On-link ones first: the gateways of the others are reached by them.
        foreach (VnicRoute route in endpoint.Routes.OrderBy(r => r.Gateway is not null))
            WriteRoute(json, route.Destination.ToString(), route.Gateway?.ToString(), isOnLink: false);
        if (endpoint.Gateway is { } gateway)
        {
            bool isReached = endpoint.Addresses.Any(a =>
                a.Address.AddressFamily == AddressFamily.InterNetwork && a.Network.Contains(gateway)
            );
            WriteRoute(json, "0.0.0.0/0", gateway.ToString(), isOnLink: !isReached);
        }

        json.WriteEndArray();
    }

    private static void WriteRoute(Utf8JsonWriter json, string destination, string? gateway, bool isOnLink)
    {
        json.WriteStartObject();
        json.WriteString("to", destination);
        if (gateway is null)
            json.WriteString("scope", "link");
        else
            json.WriteString("via", gateway);
        if (isOnLink)
            json.WriteBoolean("on-link", true);
        json.WriteEndObject();
    }

    private static void WriteStrings(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
    }
}
