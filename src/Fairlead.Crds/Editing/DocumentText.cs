using System.Text;
using Fairlead.Crds.Reading;

namespace Fairlead.Crds.Editing;

/// <summary>Cuts documents, and items of a List, out of a text.</summary>
internal static class DocumentText
{
    public static string RemoveSpan(string text, DocumentSpan removed)
    {
        StringBuilder rest = new(text.Length);
        foreach (DocumentSpan span in DocumentSplitter.Split(text))
        {
            if (span.Start == removed.Start)
                continue;
            string part = text[span.Start..span.End];
            // A document behind "..." may have no marker of its own; without one it would run into its new neighbour.
            if (rest.Length > 0 && !HasLine(part, "---") && !EndsDocument(rest.ToString()))
                rest.Append("---\n");
            rest.Append(part);
        }
        return rest.ToString();
    }

    public static string ReplaceSpan(string text, DocumentSpan span, string yaml)
    {
        string old = text[span.Start..span.End];
        string head = HasLine(old, "---") ? "---\n" : "";
        string tail = EndsDocument(old) ? "...\n" : "";
        return string.Concat(text.AsSpan(0, span.Start), head, yaml + tail, text.AsSpan(span.End));
    }

    public static string RemoveItem(string text, Node node, ListItem item)
    {
        (int start, int end) = item.Items.Flow ? FlowBounds(item) : BlockBounds(text, node, item);
        return string.Concat(text.AsSpan(0, start), text.AsSpan(end));
    }

    /// <summary>The item without its dash, moved to the left margin.</summary>
    public static string ItemText(string text, Node node)
    {
        int lineStart = LineStart(text, node.Start);
        int column = node.Start - lineStart;
        if (!text.AsSpan(lineStart, column).Trim(" -").IsEmpty)
            return text[node.Start..node.End] + "\n";
        StringBuilder item = new();
        foreach (
            ReadOnlySpan<char> line in text.AsSpan(node.Start, LineEnd(text, Last(text, node)) - node.Start)
                .EnumerateLines()
        )
        {
            int indent = item.Length == 0 ? 0 : Math.Min(column, line.Length - line.TrimStart(' ').Length);
            item.Append(line[indent..]).Append('\n');
        }
        return item.ToString().TrimEnd('\n') + "\n";
    }

    // [a, b, c]: with the comma before it, or behind it when it is the first.
    private static (int Start, int End) FlowBounds(ListItem item)
    {
        List<Node> items = item.Items.Items;
        return item.Index > 0 ? (items[item.Index - 1].End, items[item.Index].End) : (items[0].Start, items[1].Start);
    }

    // From the line of its dash to the line of the next one's; what stands in between belongs to the item.
    private static (int Start, int End) BlockBounds(string text, Node node, ListItem item)
    {
        int start = LineStart(text, node.Start);
        if (item.Index + 1 < item.Items.Items.Count)
            return (start, LineStart(text, item.Items.Items[item.Index + 1].Start));
        return (start, LineEnd(text, Last(text, node)));
    }

    /// <summary>Behind the last visible character: a block scalar ends only at the start of a later line.</summary>
    public static int Last(string text, Node node)
    {
        int end = node.End;
        while (end > node.Start && char.IsWhiteSpace(text[end - 1]))
            end--;
        return end;
    }

    private static int LineStart(string text, int offset) => text.AsSpan(0, offset).LastIndexOf('\n') + 1;

    private static int LineEnd(string text, int offset)
    {
        int newline = text.IndexOf('\n', Math.Min(offset, text.Length));
        return newline < 0 ? text.Length : newline + 1;
    }

    private static bool EndsDocument(string text)
    {
        string trimmed = text.TrimEnd();
        return trimmed[LineStart(trimmed, trimmed.Length)..] is "...";
    }

    private static bool HasLine(string text, string marker)
    {
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            if (line.StartsWith(marker) && (line.Length == marker.Length || line[marker.Length] is ' ' or '\t'))
                return true;
        }
        return false;
    }
}
