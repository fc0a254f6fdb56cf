using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Fairlead.Generate;

/// <summary>The summaries of an assembly's XML documentation, as plain text.</summary>
internal sealed partial class XmlDocs
{
    private readonly Dictionary<string, string> _summaries;

    private XmlDocs(Dictionary<string, string> summaries) => _summaries = summaries;

    public static XmlDocs Of(Assembly assembly)
    {
        string file = Path.ChangeExtension(assembly.Location, ".xml");
        return new XmlDocs(
            XElement
                .Load(file)
                .Descendants("member")
                .Where(member => member.Element("summary") is not null)
                .ToDictionary(
                    member => member.Attribute("name")!.Value,
                    member => PlainText(member.Element("summary")!),
                    StringComparer.Ordinal
                )
        );
    }

    public string? Summary(Type type) => _summaries.GetValueOrDefault("T:" + type.FullName);

    public string? Summary(PropertyInfo property) =>
        _summaries.GetValueOrDefault($"P:{property.DeclaringType!.FullName}.{property.Name}");

    private static string PlainText(XElement summary)
    {
        string text = string.Concat(summary.Nodes().Select(Text));
        return Space.Replace(text, " ").Trim();
    }

    private static string Text(XNode node) =>
        node switch
        {
            XText text => text.Value,
            // <see cref="T:Fairlead.Crds.DomainTypes"/>: its last word.
            XElement { Name.LocalName: "see" } see => (
                see.Attribute("cref")?.Value ?? see.Attribute("langword")?.Value ?? ""
            ).Split('.', ':')[^1],
            XElement element => string.Concat(element.Nodes().Select(Text)),
            _ => "",
        };

    [GeneratedRegex(@"\s+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Space { get; }
}
