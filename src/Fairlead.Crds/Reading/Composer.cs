using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Fairlead.Crds.Reading;

/// <summary>A document that cannot be read at all; caught by <see cref="ManifestReader"/> for this document only.</summary>
internal sealed class UnreadableDocumentException(int offset, string message) : Exception(message)
{
    public int Offset { get; } = offset;
}

/// <summary>A field that an object has twice; the first one counts.</summary>
internal readonly record struct DuplicateField(string Path, int Offset, int FirstOffset);

/// <summary>
/// Builds the node tree of one document from YamlDotNet's events, within <see cref="ManifestLimits"/>. Its own
/// representation model is not used: it resolves types as YAML 1.1 does and expands aliases without a bound.
/// </summary>
internal sealed class Composer
{
    private const int MostDuplicates = 1_000;
    private readonly Parser _parser;
    private readonly int _base;
    private readonly Dictionary<AnchorName, Node?> _anchors = [];
    private readonly List<DuplicateField> _duplicates;
    private readonly List<(string? Field, int Index)> _path = [];
    private int _aliasNodes;

    private Composer(string text, int start, int end, List<DuplicateField> duplicates)
    {
        _parser = new Parser(new StringReader(text[start..end]));
        _base = start;
        _duplicates = duplicates;
    }

    /// <summary>The root of the document in a span; null when the document is empty.</summary>
    /// <param name="duplicates">Receives the keys that are given twice: in the order of the text.</param>
    /// <exception cref="UnreadableDocumentException">Not YAML, or beyond a limit.</exception>
    public static Node? Compose(string text, DocumentSpan span, List<DuplicateField> duplicates)
    {
        Composer composer = new(text, span.Start, span.End, duplicates);
        try
        {
            return composer.ComposeDocument();
        }
        catch (YamlException e)
        {
            (int offset, string message) = SyntaxMessage.Explain(text, span, e);
            throw new UnreadableDocumentException(offset, message);
        }
    }

    private Node? ComposeDocument()
    {
        Node? root = null;
        while (Advance())
        {
            switch (_parser.Current)
            {
                case DocumentStart start when root is not null:
                    throw new UnreadableDocumentException(
                        Offset(start.Start),
                        "a second document without --- before it"
                    );
                case StreamStart or StreamEnd or DocumentStart or DocumentEnd or Comment:
                    break;
                default:
                    root = ComposeNode(0);
                    break;
            }
        }
        return root;
    }

    private Node ComposeNode(int depth)
    {
        ParsingEvent current = _parser.Current!;
        if (depth > ManifestLimits.Depth)
            throw new UnreadableDocumentException(Offset(current.Start), "nested more than 64 levels deep");
        if (current is AnchorAlias alias)
            return Resolve(alias);
        if (current is not NodeEvent nodeEvent)
            throw new UnreadableDocumentException(Offset(current.Start), "not YAML: a value is missing here");

        bool forcedString = CheckTag(nodeEvent);
        if (!nodeEvent.Anchor.IsEmpty)
            _anchors[nodeEvent.Anchor] = null; // not complete: an alias inside refers to itself
        Node node = nodeEvent switch
        {
            Scalar scalar => ComposeScalar(scalar, forcedString),
            SequenceStart sequence => ComposeSequence(sequence, depth),
            MappingStart mapping => ComposeMapping(mapping, depth),
            _ => throw new UnreadableDocumentException(Offset(current.Start), "not YAML: a value is missing here"),
        };
        if (!nodeEvent.Anchor.IsEmpty)
            _anchors[nodeEvent.Anchor] = node;
        return node;
    }

    private ScalarNode ComposeScalar(Scalar scalar, bool forcedString) =>
        new(Offset(scalar.Start), scalar.Value, !forcedString && scalar.Style is ScalarStyle.Plain or ScalarStyle.Any)
        {
            End = Offset(scalar.End),
        };

    private SequenceNode ComposeSequence(SequenceStart start, int depth)
    {
        SequenceNode sequence = new(Offset(start.Start), start.Style == SequenceStyle.Flow);
        while (Next() is not SequenceEnd)
        {
            Node item = ComposeAt((null, sequence.Items.Count), depth + 1);
            sequence.Items.Add(item);
            sequence.Weight += item.Weight;
        }
        sequence.End = sequence.Flow
            ? ClosingBracket()
            : sequence.Items.Select(item => item.End).LastOrDefault(sequence.Start);
        return sequence;
    }

    private MappingNode ComposeMapping(MappingStart start, int depth)
    {
        MappingNode mapping = new(Offset(start.Start), start.Style == MappingStyle.Flow);
        Dictionary<string, int> seen = new(StringComparer.Ordinal);
        while (Next() is not MappingEnd)
        {
            int keyOffset = Offset(_parser.Current!.Start);
            if (ComposeNode(depth + 1) is not ScalarNode key)
                throw new UnreadableDocumentException(
                    keyOffset,
                    "a field name must be a word, not a list or an object"
                );
            Next();
            Node value = ComposeAt((key.Value, 0), depth + 1);
            mapping.Weight += key.Weight + value.Weight;
            if (key is { Plain: true, Value: "<<" })
            {
                throw new UnreadableDocumentException(
                    keyOffset,
                    "merge keys (<<) are not part of YAML 1.2; write the fields out"
                );
            }
            if (seen.TryAdd(key.Value, keyOffset))
                mapping.Entries.Add(new MappingEntry(key, value));
            else if (_duplicates.Count < MostDuplicates)
                _duplicates.Add(new DuplicateField(PathTo(key.Value), keyOffset, seen[key.Value]));
        }
        mapping.End = mapping.Flow
            ? ClosingBracket()
            : mapping.Entries.Select(entry => entry.Value.End).LastOrDefault(mapping.Start);
        return mapping;
    }

    private Node ComposeAt((string? Field, int Index) step, int depth)
    {
        _path.Add(step);
        Node node = ComposeNode(depth);
        _path.RemoveAt(_path.Count - 1);
        return node;
    }

    // Built only when it is needed: a hostile file has long names and many nodes.
    private string PathTo(string field)
    {
        string path = "";
        foreach ((string? name, int index) in _path)
            path = name is null ? FieldPath.Item(path, index) : FieldPath.Field(path, name);
        return FieldPath.Field(path, field);
    }

    private Node Resolve(AnchorAlias alias)
    {
        int offset = Offset(alias.Start);
        if (!_anchors.TryGetValue(alias.Value, out Node? target))
            throw new UnreadableDocumentException(offset, $"alias *{alias.Value} refers to no anchor before it");
        if (target is null)
            throw new UnreadableDocumentException(offset, $"alias *{alias.Value} refers to what it is part of");
        _aliasNodes += target.Weight;
        if (_aliasNodes > ManifestLimits.AliasNodes)
            throw new UnreadableDocumentException(offset, "the aliases expand to more than 10,000 nodes");
        return target;
    }

    // Only the core schema's tags, and of these only !!str changes anything: the field decides what a scalar is.
    private bool CheckTag(NodeEvent node)
    {
        if (node.Tag.IsEmpty || node.Tag.IsNonSpecific)
            return !node.Tag.IsEmpty;
        const string core = "tag:yaml.org,2002:";
        string tag = node.Tag.Value;
        if (tag is core + "str" or core + "int" or core + "bool" or core + "null" or core + "map" or core + "seq")
            return tag is core + "str";
        throw new UnreadableDocumentException(
            Offset(node.Start),
            $"tag {Quoting.Quote(tag.Replace(core, "!!", StringComparison.Ordinal))} is not used in manifests"
        );
    }

    private ParsingEvent? Next()
    {
        do
        {
            if (!Advance())
                throw new UnreadableDocumentException(_base, "not YAML: it ends too early");
        } while (_parser.Current is Comment);
        return _parser.Current;
    }

    // YamlDotNet 18.1's scanner lets exceptions of other kinds out where it finds half a surrogate pair escaped in a
    // quoted scalar (ArgumentOutOfRangeException) or a colon in some flow sequences (InvalidOperationException).
    private bool Advance()
    {
        try
        {
            return _parser.MoveNext();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or IndexOutOfRangeException)
        {
            int offset = _parser.Current is { } last ? Offset(last.End) : _base;
            throw new UnreadableDocumentException(offset, "not YAML: what follows here cannot be understood");
        }
    }

    // The event that ends a flow collection stands before its bracket.
    private int ClosingBracket() => Offset(_parser.Current!.Start) + 1;

    private int Offset(Mark mark) => _base + (int)mark.Index;
}
