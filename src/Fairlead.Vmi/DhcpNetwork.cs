using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Fairlead.Netlink;

namespace Fairlead.Vmi;

/// <summary>
/// The libvirt network of one vNIC, as XML: a bridge, and on it a DHCP server that knows one guest and one address.
/// </summary>
/// <remarks>
/// How DHCP works across subnets here: the bridge's own address is link-local, so dnsmasq would serve no address of the
/// pod network. <c>shared-network=BRIDGE,ADDRESS</c> tells it that the range around ADDRESS lies on the same wire, and
/// <c>dhcp-range=SUBNET,static,...</c> that only known hosts get something out of it. libvirt would announce the bridge
/// as router, hence every option is given explicitly (dnsmasq(8), libvirt's formatnetwork, "dnsmasq:options").
/// Leases are infinite: a guest's unicast renewal could not reach the server's address.
/// </remarks>
internal static class DhcpNetwork
{
    public static readonly XNamespace Dnsmasq = "http://libvirt.org/schemas/network/dnsmasq/1.0";

    /// <summary>Namespace of the mark that we leave in the metadata of everything that we create in libvirt.</summary>
    public static readonly XNamespace Mark = "https://fairlead.dev/libvirt/v1";

    public const int BridgePrefixLength = 30;

    private const string DigestAttribute = "digest";

    private const int LongestOptionBytes = 255;

    /// <summary>The network's XML for virNetworkCreateXML.</summary>
    /// <param name="record">The attachment; its endpoint is known.</param>
    public static XElement BuildXml(AttachmentRecord record)
    {
        XElement network = BuildUnmarked(record, record.Facts ?? new GuestFacts { Hostname = record.VmName });
        byte[] digest = SHA256.HashData(Encoding.UTF8.GetBytes(network.ToString(SaveOptions.DisableFormatting)));
        network
            .Element("metadata")!
            .Element(Mark + "attachment")!
            .SetAttributeValue(DigestAttribute, Convert.ToHexStringLower(digest));
        return network;
    }

    /// <summary>True when a network, as libvirt shows it, was made from this XML of ours.</summary>
    public static bool IsMadeFrom(XElement wanted, string actualXml) =>
        MarkOf(XElement.Parse(actualXml))?.Attribute(DigestAttribute) is { } actual
        && actual.Value == MarkOf(wanted)?.Attribute(DigestAttribute)?.Value;

    /// <summary>Our mark in a network's XML, or null when the network is not ours.</summary>
    public static XElement? MarkOf(XElement network) => network.Element("metadata")?.Element(Mark + "attachment");

    private static XElement BuildUnmarked(AttachmentRecord record, GuestFacts facts)
    {
        VnicEndpoint endpoint =
            record.Endpoint ?? throw new ArgumentException("the attachment has no endpoint yet", nameof(record));
        VnicNames names = record.Names;
        XElement network = new(
            "network",
            new XAttribute(XNamespace.Xmlns + "dnsmasq", Dnsmasq),
            new XElement("name", names.LibvirtNetwork),
            new XElement(
                "metadata",
                new XElement(
                    Mark + "attachment",
                    new XAttribute(XNamespace.Xmlns + "fairlead", Mark),
                    new XAttribute("key", names.AttachmentKey),
                    new XAttribute("interface", names.VmInterface),
                    new XAttribute("uid", record.VmUid),
                    new XAttribute("namespace", record.VmNamespace),
                    new XAttribute("name", record.VmName),
                    new XAttribute("vnic", record.Vnic)
                )
            ),
            // Mode open: libvirt writes no firewall rules; any of its others would drop bridged traffic in a pod.
            new XElement("forward", new XAttribute("mode", "open")),
            new XElement(
                "bridge",
                new XAttribute("name", names.Bridge),
                new XAttribute("stp", "off"),
                new XAttribute("delay", "0")
            ),
            new XElement("mtu", new XAttribute("size", Math.Min(facts.MtuBytes ?? int.MaxValue, endpoint.MtuBytes))),
            new XElement("dns", new XAttribute("enable", "no"))
        );
        // libvirt refuses mode open without an address on the bridge; without DHCP and DNS it starts no dnsmasq for it.
        XElement ip = new(
            "ip",
            new XAttribute("address", record.BridgeAddress),
            new XAttribute("prefix", BridgePrefixLength)
        );
        network.Add(ip);
        if (endpoint.DhcpAddress is not { } address)
            return network; // no IPAM: layer 2 only, the guest is on that segment and nobody tells it an address

        ip.Add(
            new XElement(
                "dhcp",
                new XElement(
                    "host",
                    new XAttribute("mac", endpoint.Mac),
                    new XAttribute("ip", address.Address),
                    new XAttribute("name", facts.Hostname)
                )
            )
        );
        network.Add(
            new XElement(
                Dnsmasq + "options",
                DnsmasqOptions(endpoint, address, names.Bridge)
                    .Concat(ManifestOptions(facts))
                    .Select(option => new XElement(Dnsmasq + "option", new XAttribute("value", option)))
            )
        );
        return network;
    }

    private static IEnumerable<string> DnsmasqOptions(VnicEndpoint endpoint, InterfaceAddress address, string bridge)
    {
        yield return $"shared-network={bridge},{address.Address}";
        yield return $"dhcp-range={address.Network.BaseAddress},static,{MaskOf(address.PrefixLength)},infinite";
        // The MTU (26) is libvirt's own, from <mtu>. An option without a value keeps dnsmasq from announcing itself.
        yield return Option(3, endpoint.Gateway is { } gateway ? [gateway.ToString()] : []);
        yield return Option(6, Ipv4(endpoint.Dns.Servers));
        if (endpoint.Dns.Domain is { } domain)
            yield return Option(15, [domain]);
        if (endpoint.Dns.Search is not [])
            yield return Option(119, Fitting(endpoint.Dns.Search));
        string[] classless =
        [
            .. ClasslessRoutes(endpoint, address).SelectMany(r => new[] { r.Destination, r.Gateway }),
        ];
        if (classless is not [])
            yield return Option(121, classless);
    }

    private static IEnumerable<string> ManifestOptions(GuestFacts facts)
    {
        if (facts.NtpServers is not [])
            yield return Option(42, Ipv4(facts.NtpServers));
        if (facts.TftpServerName is { } server)
            yield return Quoted(66, server);
        if (facts.BootFileName is { } file)
            yield return Quoted(67, file);
        foreach (PrivateOption option in facts.PrivateOptions)
            yield return TextOption(option.Code, option.Value);
    }

    // dnsmasq knows these two options for texts and reads no octets in them. Between quotes only quotes and backslashes
    // mean anything (read_file, src/option.c, 2.90).
    private static string Quoted(int code, string text) =>
        Option(
            code,
            [
                $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"",
            ]
        );

    // Of others it guesses by its characters whether a value is a text, a number or addresses, and splits at commas. Octets
    // leave it nothing to guess: hexadecimal ones between colons, or one alone as a decimal number.
    private static string TextOption(int code, string text)
    {
        byte[] octets = Encoding.ASCII.GetBytes(text);
        return Option(code, [octets is [var one] ? $"{one}" : string.Join(':', octets.Select(o => $"{o:x2}"))]);
    }

    /// <summary>
    /// Option 121 (RFC 3442), or nothing where option 3 says it all. A client that takes option 121 ignores option 3, so
    /// the default route is repeated; on-link routes come before the routes whose gateways they reach.
    /// </summary>
    private static IEnumerable<(string Destination, string Gateway)> ClasslessRoutes(
        VnicEndpoint endpoint,
        InterfaceAddress address
    )
    {
        bool gatewayOffLink = endpoint.Gateway is { } gateway && !address.Network.Contains(gateway);
        if (endpoint.Routes is [] && !gatewayOffLink)
            yield break;
        // ptp's own routes have it already; a client may stumble over the second.
        if (gatewayOffLink && !endpoint.Routes.Contains(new VnicRoute(new IPNetwork(endpoint.Gateway!, 32))))
            yield return ($"{endpoint.Gateway}/32", "0.0.0.0");
        foreach (VnicRoute route in endpoint.Routes.OrderBy(r => r.Gateway is not null))
            yield return (route.Destination.ToString(), route.Gateway?.ToString() ?? "0.0.0.0");
        if (endpoint.Gateway is not null)
            yield return ("0.0.0.0/0", endpoint.Gateway.ToString());
    }

    // dnsmasq refuses an option that is longer, and with it the network; resolv.conf(5) may have more. A name takes a
    // byte for each label and one for its end.
    private static IEnumerable<string> Fitting(IEnumerable<string> names)
    {
        int left = LongestOptionBytes;
        return names.TakeWhile(name => (left -= name.Length + 2) >= 0);
    }

    private static string Option(int code, IEnumerable<string> values) =>
        string.Join(',', values.Prepend($"dhcp-option={code}"));

    private static IEnumerable<string> Ipv4(IEnumerable<IPAddress> addresses) =>
        addresses
            .Where(a => a.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork)
            .Select(a => a.ToString());

    private static IPAddress MaskOf(int prefixLength)
    {
        uint mask = prefixLength == 0 ? 0 : uint.MaxValue << (32 - prefixLength);
        return new IPAddress([(byte)(mask >> 24), (byte)(mask >> 16), (byte)(mask >> 8), (byte)mask]);
    }
}
