using Fairlead.Crds.Reading;

namespace Fairlead.Crds.Editing;

/// <summary>Writes <c>spec.running</c> into a document, in the document's own style: block YAML, flow YAML or JSON.</summary>
internal static class RunningEdit
{
    private const string Field = "running";

    public static string Apply(string text, MappingNode root, bool running)
    {
        string value = running ? "true" : "false";
        bool json = root.Entries.Count > 0 && text[root.Entries[0].Key.Start] == '"';
        string Named(string name) => json ? $"\"{name}\"" : name;
        string newline = text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";

        switch (root.Find("spec"))
        {
            case { Value: MappingNode spec } when spec.Find(Field) is { } entry:
                return ReplaceValue(text, entry, value);
            case { Value: MappingNode spec }:
                return InsertFirst(text, spec, $"{Named(Field)}: {value}", newline);
            case { } entry:
                return root.Flow
                    ? ReplaceValue(text, entry, $"{{{Named(Field)}: {value}}}")
                    : FillBlock(
                        text,
                        entry,
                        $"{new string(' ', Column(text, entry.Key.Start) + 2)}{Field}: {value}",
                        newline
                    );
            case null when root.Flow:
                return text.Insert(root.Entries[^1].Value.End, $", {Named("spec")}: {{{Named(Field)}: {value}}}");
            case null:
                string indent = new(' ', Column(text, root.Entries[0].Key.Start));
                return InsertLines(
                    text,
                    DocumentText.Last(text, root),
                    $"{indent}spec:{newline}{indent}  {Field}: {value}",
                    newline
                );
        }
    }

    private static string ReplaceValue(string text, MappingEntry entry, string value)
    {
        if (entry.Value.End > entry.Value.Start)
            return string.Concat(text.AsSpan(0, entry.Value.Start), value, text.AsSpan(entry.Value.End));
        int colon = text.IndexOf(':', entry.Key.End); // nothing was written behind it
        return colon < 0 ? text : text.Insert(colon + 1, " " + value);
    }

    private static string InsertFirst(string text, MappingNode mapping, string field, string newline)
    {
        if (mapping.Entries is [])
            return text.Insert(text.IndexOf('{', mapping.Start) + 1, field);
        int first = mapping.Entries[0].Key.Start;
        int column = Column(text, first);
        ReadOnlySpan<char> before = text.AsSpan(first - column, column);
        if (!mapping.Flow)
            return text.Insert(first, field + newline + new string(' ', column));
        return before.IsWhiteSpace()
            ? text.Insert(first, $"{field},{newline}{before}")
            : text.Insert(first, field + ", ");
    }

    // "spec:" with nothing, or with a comment, behind it.
    private static string FillBlock(string text, MappingEntry entry, string line, string newline) =>
        entry.Value.End > entry.Value.Start
            ? text // "spec: null"; the caller writes the document anew
            : InsertLines(text, entry.Key.End, line, newline);

    private static string InsertLines(string text, int offset, string lines, string newline)
    {
        int end = text.IndexOf('\n', offset);
        return end < 0 ? text + newline + lines + newline : text.Insert(end + 1, lines + newline);
    }

    private static int Column(string text, int offset) => offset - (text.AsSpan(0, offset).LastIndexOf('\n') + 1);
}
