using System.Globalization;
using Fairlead.CniProxy.Verbs;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Fairlead.CniProxy.Policies;

/// <summary>A policy file that is none; the message says where and why.</summary>
internal sealed class PolicyFormatException(long line, string message) : Exception($"line {line}: {message}");

/// <summary>
/// Reads a policy's YAML from the parser's events: what is not known is an error, since a misspelt limit would be none.
/// </summary>
internal sealed class PolicyReader
{
    private readonly Parser _parser;

    private PolicyReader(string text) => _parser = new Parser(new StringReader(text));

    /// <exception cref="PolicyFormatException">The text is no policy.</exception>
    public static Policy Read(string text, string origin)
    {
        PolicyReader reader = new(text);
        try
        {
            return new Policy(reader.ReadDocument(), origin);
        }
        catch (YamlException e)
        {
            throw new PolicyFormatException(e.Start.Line, e.Message);
        }
    }

    private List<PolicyRule> ReadDocument()
    {
        _parser.Consume<StreamStart>();
        if (!_parser.TryConsume<DocumentStart>(out _))
            throw Wrong("the file is empty; wanted \"rules:\" and a list");
        List<PolicyRule>? rules = null;
        ReadFields(
            "the policy",
            field =>
                rules =
                    field == "rules" ? [.. ReadList("rules", ReadRule)] : throw Unknown("the policy", field, "rules")
        );
        _parser.Consume<DocumentEnd>();
        if (!_parser.TryConsume<StreamEnd>(out _))
            throw Wrong("a second document");
        return rules ?? throw Wrong("there are no rules; wanted \"rules:\" and a list");
    }

    private PolicyRule ReadRule()
    {
        PolicyRule rule = new();
        ReadFields(
            "a rule",
            field =>
                rule = field switch
                {
                    "namespaces" => rule with { Namespaces = [.. ReadList(field, () => ReadText(field))] },
                    "labels" => rule with { Labels = ReadLabels() },
                    "defaultNetwork" => rule with { DefaultNetwork = ReadBoolean(field) },
                    "networks" => rule with { Networks = [.. ReadList(field, () => ReadText(field))] },
                    "definitions" => rule with { Definitions = [.. ReadList(field, ReadGrant)] },
                    "maxAttachments" => rule with { MaxAttachments = ReadCount(field) },
                    "options" => rule with { Options = [.. ReadList(field, ReadOption)] },
                    _ => throw Unknown(
                        "a rule",
                        field,
                        "namespaces, labels, defaultNetwork, networks, definitions, maxAttachments, options"
                    ),
                }
        );
        return rule;
    }

    private DefinitionGrant ReadGrant()
    {
        DefinitionGrant grant = new();
        ReadFields(
            "definitions",
            field =>
                grant = field switch
                {
                    "of" => grant with { Of = [.. ReadList(field, () => ReadText(field))] },
                    "for" => grant with { For = [.. ReadList(field, () => ReadText(field))] },
                    _ => throw Unknown("definitions", field, "of, for"),
                }
        );
        return grant;
    }

    private Dictionary<string, string> ReadLabels()
    {
        Dictionary<string, string> labels = new(StringComparer.Ordinal);
        ReadFields("labels", name => labels[name] = ReadText($"label {name}"));
        return labels;
    }

    private string ReadOption()
    {
        long line = Line;
        string option = ReadText("an option");
        return EndpointOptions.Known.Contains(option, StringComparer.Ordinal)
            ? option
            : throw new PolicyFormatException(
                line,
                $"option \"{option}\" is not known; there are {string.Join(", ", EndpointOptions.Known)}"
            );
    }

    private bool ReadBoolean(string field)
    {
        long line = Line;
        return ReadText(field) switch
        {
            "true" => true,
            "false" => false,
            string other => throw new PolicyFormatException(line, $"{field} is \"{other}\"; wanted true or false"),
        };
    }

    private int ReadCount(string field)
    {
        long line = Line;
        string text = ReadText(field);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            ? count
            : throw new PolicyFormatException(line, $"{field} is \"{text}\"; wanted a number from 0");
    }

    private void ReadFields(string what, Action<string> read)
    {
        if (!_parser.TryConsume<MappingStart>(out _))
            throw Wrong($"{what} must be fields with values");
        HashSet<string> seen = new(StringComparer.Ordinal);
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            long line = Line;
            string field = ReadText("a field's name");
            if (!seen.Add(field))
                throw new PolicyFormatException(line, $"{what}: \"{field}\" is there twice");
            read(field);
        }
    }

    private List<T> ReadList<T>(string what, Func<T> read)
    {
        if (!_parser.TryConsume<SequenceStart>(out _))
            throw Wrong($"{what} must be a list");
        List<T> items = [];
        while (!_parser.TryConsume<SequenceEnd>(out _))
            items.Add(read());
        return items;
    }

    // Anchors, aliases and tags have no use here, and an alias is no scalar.
    private string ReadText(string what) =>
        _parser.TryConsume<Scalar>(out Scalar? scalar) ? scalar.Value : throw Wrong($"{what} must be a plain value");

    private long Line => _parser.Current?.Start.Line ?? 1;

    private PolicyFormatException Wrong(string message)
    {
        _ = _parser.Accept<ParsingEvent>(out _);
        return new(Line, message);
    }

    private PolicyFormatException Unknown(string what, string field, string known) =>
        Wrong($"{what} has no field \"{field}\"; there are: {known}");
}
