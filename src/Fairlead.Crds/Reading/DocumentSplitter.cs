namespace Fairlead.Crds.Reading;

/// <summary>A stretch of a file that holds one YAML document with its markers and the comments around it.</summary>
internal readonly record struct DocumentSpan(int Start, int End, bool HasContent);

/// <summary>
/// Cuts a file at its document markers. A line that begins with <c>---</c> or <c>...</c> is a marker wherever it
/// stands, even in a block scalar (YAML 1.2, 9.1.2), so this needs no parser; and a document that does not parse
/// leaves the others of its file alone. Put together, the spans are the file.
/// </summary>
internal static class DocumentSplitter
{
    public static List<DocumentSpan> Split(string text)
    {
        List<DocumentSpan> spans = [];
        int spanStart = 0;
        bool hasMarker = false;
        bool hasContent = false;
        for (int lineStart = 0; lineStart < text.Length; )
        {
            int newline = text.IndexOf('\n', lineStart);
            int lineEnd = newline < 0 ? text.Length : newline + 1;
            ReadOnlySpan<char> line = text.AsSpan(lineStart, lineEnd - lineStart).TrimEnd("\r\n");
            if (IsMarker(line, "---"))
            {
                if (hasMarker || hasContent)
                    Close(lineStart);
                hasMarker = true;
                hasContent = HasContent(line[3..]);
            }
            else if (IsMarker(line, "..."))
            {
                Close(lineEnd);
            }
            else
            {
                // Before a marker, a line with % is a directive; it belongs to the document that follows.
                hasContent |= HasContent(line) && (hasMarker || !line.StartsWith('%'));
            }
            lineStart = lineEnd;
        }
        if (spanStart < text.Length)
            Close(text.Length);
        return spans;

        void Close(int end)
        {
            spans.Add(new DocumentSpan(spanStart, end, hasContent));
            (spanStart, hasMarker, hasContent) = (end, false, false);
        }
    }

    private static bool IsMarker(ReadOnlySpan<char> line, string marker) =>
        line.StartsWith(marker) && (line.Length == 3 || line[3] is ' ' or '\t');

    private static bool HasContent(ReadOnlySpan<char> line)
    {
        ReadOnlySpan<char> rest = line.TrimStart(" \t\ufeff");
        return !rest.IsEmpty && rest[0] != '#';
    }
}
