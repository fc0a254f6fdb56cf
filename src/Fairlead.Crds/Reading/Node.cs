namespace Fairlead.Crds.Reading;

/// <summary>A node of a YAML or JSON document with its place in the text (offsets in characters, End exclusive).</summary>
internal abstract class Node(int start)
{
    public int Start { get; } = start;

    public int End { get; set; }

    /// <summary>The number of nodes in this subtree with aliases written out.</summary>
    public int Weight { get; set; } = 1;
}

/// <summary>A scalar as written. What it is (string, number, ...) is decided by the field that it stands in.</summary>
internal sealed class ScalarNode(int start, string value, bool plain) : Node(start)
{
    public string Value { get; } = value;

    /// <summary>Not quoted, and not a block scalar.</summary>
    public bool Plain { get; } = plain;

    /// <summary>YAML 1.2 core schema, 10.3.2.</summary>
    public bool IsNull => Plain && Value is "" or "~" or "null" or "Null" or "NULL";
}

internal sealed class SequenceNode(int start, bool flow) : Node(start)
{
    public bool Flow { get; } = flow;

    public List<Node> Items { get; } = [];
}

internal sealed class MappingNode(int start, bool flow) : Node(start)
{
    public bool Flow { get; } = flow;

    public List<MappingEntry> Entries { get; } = [];

    public MappingEntry? Find(string key) =>
        Entries.Find(entry => string.Equals(entry.Key.Value, key, StringComparison.Ordinal));
}

internal sealed record MappingEntry(ScalarNode Key, Node Value);
