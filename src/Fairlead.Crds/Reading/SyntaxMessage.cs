using YamlDotNet.Core;

namespace Fairlead.Crds.Reading;

/// <summary>Says what a YAML syntax error is about, in the cases that people run into.</summary>
internal static class SyntaxMessage
{
    public static (int Offset, string Message) Explain(string text, DocumentSpan span, YamlException e)
    {
        int offset = Math.Clamp(span.Start + (int)e.Start.Index, span.Start, span.End);
        if (FindTabIndent(text, offset) is int tab)
            return (tab, "a tab cannot indent in YAML; use spaces");
        // YamlDotNet's "While scanning a simple key, could not find expected ':'." and the like are good enough.
        string reason = e.Message.TrimEnd('.');
        int end = text.AsSpan(span.Start, span.End - span.Start).TrimEnd().Length + span.Start;
        return offset >= end
            ? (end, $"not YAML: it ends too early ({Lower(reason)})")
            : (offset, $"not YAML: {Lower(reason)}");
    }

    // The scanner reports a tab on its line or, after a plain scalar, on the next one.
    private static int? FindTabIndent(string text, int offset)
    {
        int here = LineStart(text, offset);
        return FindTab(text, here) ?? (here > 0 ? FindTab(text, LineStart(text, here - 1)) : null);
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
