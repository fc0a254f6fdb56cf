using YamlDotNet.Core;

namespace Fairlead.Crds.Reading;

/// <summary>Says what a YAML syntax error is about, in the cases that people run into.</summary>
internal static class SyntaxMessage
{
    public static (int Offset, string Message) Explain(string text, DocumentSpan span, YamlException e)
    {
        int offset = Clamp(e.Start.Index);
        int? near = FindTabIndent(text, Clamp(e.End.Index)) ?? FindTabIndent(text, offset);
        if ((near ?? FindTabLine(text, offset, span.End)) is int tab)
            return (tab, "a tab cannot indent in YAML; use spaces");
        int end = span.Start + text.AsSpan(span.Start, span.End - span.Start).TrimEnd().Length;
        if (offset < end && text[offset] is '"' or '\'' && Clamp(e.End.Index) >= end)
            return (offset, "not YAML: the quotation mark here has no other");
        // YamlDotNet's own words: "While scanning a simple key, could not find expected ':'."
        string reason = Lower(e.Message.TrimEnd('.'));
        return offset >= end ? (end, $"not YAML: it ends too early ({reason})") : (offset, $"not YAML: {reason}");

        int Clamp(long index) => Math.Clamp(span.Start + (int)index, span.Start, span.End);
    }

    // The scanner reports a tab on its line or, after a plain scalar, on the next one.
    private static int? FindTabIndent(string text, int offset)
    {
        int here = LineStart(text, offset);
        return FindTab(text, here) ?? (here > 0 ? FindTab(text, LineStart(text, here - 1)) : null);
    }

    // For a tab inside a mapping the parser knows only the start of the mapping.
    private static int? FindTabLine(string text, int start, int end)
    {
        int newline = text.IndexOf("\n\t", start, end - start, StringComparison.Ordinal);
        return newline < 0 ? null : newline + 1;
    }

    private static int LineStart(string text, int offset) => text.AsSpan(0, offset).LastIndexOf('\n') + 1;

    private static int? FindTab(string text, int lineStart)
    {
        ReadOnlySpan<char> rest = text.AsSpan(lineStart);
        int tab = rest[..(rest.Length - rest.TrimStart(" \t").Length)].IndexOf('\t');
        return tab < 0 ? null : lineStart + tab;
    }

    private static string Lower(string sentence) =>
        sentence is [char first, char second, ..] && !char.IsUpper(second)
            ? char.ToLowerInvariant(first) + sentence[1..]
            : sentence;
}
