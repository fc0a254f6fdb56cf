using System.Buffers;
using System.Net.Sockets;
using System.Text.Json;
using Fairlead.Crds;

namespace Fairlead.Vmi.CloudInit;

/// <summary>
/// What DHCP tells a guest, and its other addresses too, as cloud-init's network configuration, version 2
/// (https://docs.cloud-init.io/en/latest/reference/network-config-format-v2.html). Pure. It is JSON, which is YAML.
/// </summary>
internal static class NetworkConfig
{
    /// <param name="interfaces">The manifest's, defaulted; those that have neither attachment nor MAC are left out.</param>
    /// <param name="vnics">The attachments of those of type pod-network, each with its endpoint, by vNIC name.</param>
    public static byte[] Build(
        IReadOnlyList<DomainInterface> interfaces,
        IReadOnlyDictionary<string, AttachmentRecord> vnics
    )
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("version", 2);
            json.WriteStartObject("ethernets");
            foreach (DomainInterface nic in interfaces)
            {
                if (vnics.TryGetValue(nic.Name!, out AttachmentRecord? vnic))
                    WriteVnic(json, vnic.Vnic, vnic.Endpoint!, vnic.Facts);
                else if (nic.Mac?.Address is { } mac)
                    WriteOther(json, nic.Name!, mac);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteVnic(Utf8JsonWriter json, string name, VnicEndpoint endpoint, GuestFacts? facts)
    {
        json.WriteStartObject(name);
        WriteMatch(json, endpoint.Mac.ToString());
        json.WriteNumber("mtu", Math.Min(facts?.MtuBytes ?? int.MaxValue, endpoint.MtuBytes));
        json.WriteBoolean("dhcp4", false);
        json.WriteBoolean("dhcp6", false);
        if (endpoint.Addresses is [])
            json.WriteBoolean("optional", true); // no guest shall wait for a link that brings no address
        else
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

    /// <summary>One that libvirt or somebody else serves: cloud-init brings up only what it is told of.</summary>
    private static void WriteOther(Utf8JsonWriter json, string name, string mac)
    {
        json.WriteStartObject(name);
        WriteMatch(json, mac);
        json.WriteBoolean("dhcp4", true);
        json.WriteBoolean("optional", true);
        json.WriteEndObject();
    }

    private static void WriteMatch(Utf8JsonWriter json, string mac)
    {
        json.WriteStartObject("match");
        json.WriteString("macaddress", mac);
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
