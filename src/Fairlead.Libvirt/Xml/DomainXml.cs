using System.Net.NetworkInformation;
using System.Xml.Linq;
using Fairlead.Libvirt.Xml;

namespace Fairlead.Libvirt;

/// <summary>The parts of a <c>domain</c> document that a caller usually wants from <see cref="Domain.GetXmlAsync"/>.</summary>
public sealed class DomainXml
{
    private DomainXml(XElement root)
    {
        Root = root;
        Name = root.RequiredText("name");
        Uuid = root.RequiredUuid();
        Id = root.Number("id");
        HypervisorType = (string?)root.Attribute("type") ?? throw XmlReading.Wrong(root, "<domain> has no type");
        XElement? devices = root.Element("devices");
        Interfaces = [.. (devices?.Elements("interface") ?? []).Select(element => new DomainInterfaceXml(element))];
        Serials = [.. (devices?.Elements("serial") ?? []).Select(element => new DomainCharacterDeviceXml(element))];
        Consoles = [.. (devices?.Elements("console") ?? []).Select(element => new DomainCharacterDeviceXml(element))];
    }

    /// <summary>The whole document.</summary>
    public XElement Root { get; }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>The UUID.</summary>
    public Guid Uuid { get; }

    /// <summary>The number of this run of the domain; null if it does not run.</summary>
    public int? Id { get; }

    /// <summary><c>kvm</c>, <c>qemu</c> (emulation), <c>test</c> and so on.</summary>
    public string HypervisorType { get; }

    /// <summary>The <c>metadata</c> element, or null.</summary>
    public XElement? Metadata => Root.Element("metadata");

    /// <summary>The network interfaces in the document's order.</summary>
    public IReadOnlyList<DomainInterfaceXml> Interfaces { get; }

    /// <summary>The serial ports in the document's order.</summary>
    public IReadOnlyList<DomainCharacterDeviceXml> Serials { get; }

    /// <summary>The consoles in the document's order; the first usually is the first serial port again.</summary>
    public IReadOnlyList<DomainCharacterDeviceXml> Consoles { get; }

    /// <summary>Reads a document.</summary>
    /// <param name="xml">What <see cref="Domain.GetXmlAsync"/> returned.</param>
    /// <returns>Its parts.</returns>
    /// <exception cref="LibvirtXmlFormatException">It is not a <c>domain</c> document as libvirt writes them.</exception>
    public static DomainXml Parse(string xml) => new(XmlReading.ParseRoot(xml, "domain"));
}

/// <summary>The state of an interface's link (its cable).</summary>
public enum InterfaceLinkState
{
    /// <summary>Plugged in; also when the XML is silent.</summary>
    Up,

    /// <summary>Unplugged: the guest sees no carrier.</summary>
    Down,
}

/// <summary>An <c>interface</c> element of a domain.</summary>
public sealed class DomainInterfaceXml
{
    internal DomainInterfaceXml(XElement element)
    {
        Element = element;
        Type = (string?)element.Attribute("type") ?? throw XmlReading.Wrong(element, "<interface> has no type");
        Mac = element.Element("mac")?.Mac("address");
        MtuBytes = element.Element("mtu")?.Number("size");
    }

    /// <summary>The element itself, for example to give it back changed to <see cref="Domain.UpdateDeviceAsync"/>.</summary>
    public XElement Element { get; }

    /// <summary><c>network</c>, <c>bridge</c>, <c>ethernet</c> and so on.</summary>
    public string Type { get; }

    /// <summary>The guest's hardware address.</summary>
    public PhysicalAddress? Mac { get; }

    /// <summary>The libvirt network, for <c>type='network'</c>.</summary>
    public string? SourceNetwork => Element.Attribute("source", "network");

    /// <summary>The bridge, for <c>type='bridge'</c> and, while the domain runs, for <c>type='network'</c>.</summary>
    public string? SourceBridge => Element.Attribute("source", "bridge");

    /// <summary>The host's end (tap), for example <c>vnet0</c>; null unless the domain runs or the name was given.</summary>
    public string? TargetDevice => Element.Attribute("target", "dev");

    /// <summary>For example <c>net0</c>, or <c>ua-…</c> where the user chose it; null in a configuration.</summary>
    public string? Alias => Element.Attribute("alias", "name");

    /// <summary>For example <c>virtio</c>; null for the hypervisor's default.</summary>
    public string? Model => Element.Attribute("model", "type");

    /// <summary>MTU in bytes, or null if the XML is silent.</summary>
    public int? MtuBytes { get; }

    /// <summary>Whether the cable is plugged in.</summary>
    public InterfaceLinkState LinkState =>
        Element.Attribute("link", "state") == "down" ? InterfaceLinkState.Down : InterfaceLinkState.Up;
}

/// <summary>A <c>serial</c> or <c>console</c> element of a domain.</summary>
public sealed class DomainCharacterDeviceXml
{
    internal DomainCharacterDeviceXml(XElement element)
    {
        Element = element;
        Type = (string?)element.Attribute("type") ?? throw XmlReading.Wrong(element, $"<{element.Name}> has no type");
    }

    /// <summary>The element itself.</summary>
    public XElement Element { get; }

    /// <summary><c>pty</c>, <c>file</c>, <c>unix</c> and so on; <see cref="Domain.OpenConsoleAsync"/> needs a pty.</summary>
    public string Type { get; }

    /// <summary>The pty's or file's path on the host; null unless the domain runs or the path was given.</summary>
    public string? Path => Element.Attribute("source", "path");

    /// <summary>For example <c>serial0</c>; null in a configuration.</summary>
    public string? Alias => Element.Attribute("alias", "name");
}
