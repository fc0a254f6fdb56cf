using System.Net;
using System.Net.NetworkInformation;
using System.Xml.Linq;
using Fairlead.Libvirt.Xml;

namespace Fairlead.Libvirt;

/// <summary>The parts of a <c>network</c> document that a caller usually wants from <see cref="Network.GetXmlAsync"/>.</summary>
public sealed class NetworkXml
{
    private NetworkXml(XElement root)
    {
        Root = root;
        Name = root.RequiredText("name");
        Uuid = root.RequiredUuid();
        MtuBytes = root.Element("mtu")?.Number("size");
        DhcpHosts =
        [
            .. root.Elements("ip").Elements("dhcp").Elements("host").Select(element => new DhcpHostXml(element)),
        ];
    }

    /// <summary>The whole document.</summary>
    public XElement Root { get; }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>The UUID.</summary>
    public Guid Uuid { get; }

    /// <summary>The bridge's name, or null for a network without one.</summary>
    public string? BridgeName => Root.Attribute("bridge", "name");

    /// <summary><c>open</c>, <c>nat</c>, <c>route</c> and so on; null for an isolated network.</summary>
    public string? ForwardMode =>
        Root.Element("forward") is { } forward ? (string?)forward.Attribute("mode") ?? "nat" : null;

    /// <summary>MTU of the bridge in bytes, or null if the XML is silent.</summary>
    public int? MtuBytes { get; }

    /// <summary>The <c>metadata</c> element, or null.</summary>
    public XElement? Metadata => Root.Element("metadata");

    /// <summary>The host entries of all <c>dhcp</c> elements.</summary>
    public IReadOnlyList<DhcpHostXml> DhcpHosts { get; }

    /// <summary>Reads a document.</summary>
    /// <param name="xml">What <see cref="Network.GetXmlAsync"/> returned.</param>
    /// <returns>Its parts.</returns>
    /// <exception cref="LibvirtXmlFormatException">It is not a <c>network</c> document as libvirt writes them.</exception>
    public static NetworkXml Parse(string xml) => new(XmlReading.ParseRoot(xml, "network"));
}

/// <summary>A <c>host</c> element of a network's DHCP: which address a client gets.</summary>
public sealed class DhcpHostXml
{
    internal DhcpHostXml(XElement element)
    {
        Element = element;
        Mac = element.Mac("mac");
        string text = (string?)element.Attribute("ip") ?? throw XmlReading.Wrong(element, "<host> has no ip");
        Address = IPAddress.TryParse(text, out IPAddress? address)
            ? address
            : throw XmlReading.Wrong(element, $"ip=\"{text}\" is not an IP address");
    }

    /// <summary>The element itself.</summary>
    public XElement Element { get; }

    /// <summary>The client's hardware address; null where the client is known by another key.</summary>
    public PhysicalAddress? Mac { get; }

    /// <summary>The address it gets.</summary>
    public IPAddress Address { get; }

    /// <summary>The host name that it is told, or null.</summary>
    public string? Hostname => (string?)Element.Attribute("name");
}
