using System.Globalization;
using System.Text.Json.Nodes;

namespace Fairlead.Crds.Reading;

/// <summary>A part of a document that is handed on as it is, as JSON. Of a key that is there twice the last one counts.</summary>
internal static class NodeJson
{
    public static JsonObject Of(MappingNode mapping)
    {
        JsonObject json = [];
        foreach ((ScalarNode key, Node value) in mapping.Entries)
            json[key.Value] = Of(value);
        return json;
    }

    private static JsonNode? Of(Node node) =>
        node switch
        {
            MappingNode mapping => Of(mapping),
            SequenceNode sequence => new JsonArray([.. sequence.Items.Select(Of)]),
            ScalarNode { IsNull: true } => null,
            ScalarNode { Plain: true } scalar => OfPlain(scalar.Value),
            ScalarNode scalar => scalar.Value,
            _ => null,
        };

    private static JsonNode OfPlain(string value)
    {
        if (ObjectReader.BoolOf(value) is { } flag)
            return flag;
        return long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            ? number
            : value;
    }
}
