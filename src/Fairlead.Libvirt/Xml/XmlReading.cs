using System.Globalization;
using System.Net.NetworkInformation;
using System.Xml;
using System.Xml.Linq;

namespace Fairlead.Libvirt.Xml;

/// <summary>Typed access to libvirt's elements and attributes; every failure names its place.</summary>
internal static class XmlReading
{
    /// <summary>Parses a document and checks its root. DTDs are refused: libvirt writes none.</summary>
    public static XElement ParseRoot(string xml, string rootName)
    {
        XElement root;
        try
        {
            using var reader = XmlReader.Create(new StringReader(xml));
            root = XElement.Load(reader, LoadOptions.SetLineInfo);
        }
        catch (XmlException e)
        {
            throw new LibvirtXmlFormatException(e.Message, e.LineNumber, e.LinePosition, e);
        }
        return root.Name == rootName
            ? root
            : throw Wrong(root, $"expected <{rootName}>, found <{root.Name.LocalName}>");
    }

    public static string RequiredText(this XElement parent, string name) =>
        parent.Element(name)?.Value ?? throw Wrong(parent, $"<{parent.Name.LocalName}> has no <{name}>");

    public static Guid RequiredUuid(this XElement parent) =>
        Guid.TryParse(parent.RequiredText("uuid"), out Guid uuid)
            ? uuid
            : throw Wrong(parent, $"\"{parent.Element("uuid")!.Value}\" is not a UUID");

    /// <summary>An attribute of a child element, or null if either is missing.</summary>
    public static string? Attribute(this XElement parent, string child, string attribute) =>
        (string?)parent.Element(child)?.Attribute(attribute);

    public static int? Number(this XElement element, string attribute)
    {
        if ((string?)element.Attribute(attribute) is not { } text)
            return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw Wrong(element, $"{attribute}=\"{text}\" is not a number");
    }

    public static PhysicalAddress? Mac(this XElement element, string attribute)
    {
        if ((string?)element.Attribute(attribute) is not { } text)
            return null;
        return PhysicalAddress.TryParse(text, out PhysicalAddress? mac) && mac.GetAddressBytes().Length == 6
            ? mac
            : throw Wrong(element, $"{attribute}=\"{text}\" is not a MAC address");
    }

    public static LibvirtXmlFormatException Wrong(XElement element, string message)
    {
        IXmlLineInfo place = element;
        return new LibvirtXmlFormatException(message, place.LineNumber, place.LinePosition);
    }
}
