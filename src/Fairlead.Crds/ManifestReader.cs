using System.Buffers;
using Fairlead.Crds.Reading;

namespace Fairlead.Crds;

/// <summary>
/// Reads manifests, YAML 1.2 or JSON, with every error at once and each in its place. Never throws because of what a
/// file contains. A scalar becomes what its field wants: an unquoted MAC address stays a string.
/// </summary>
public static class ManifestReader
{
    /// <summary>The largest manifest file that is read, in bytes.</summary>
    public const int MaxBytes = ManifestLimits.Bytes;

    /// <summary>Reads a file; one that cannot be opened gives an error like one that cannot be understood.</summary>
    public static ManifestFile ReadFile(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            return file.CanSeek && file.Length > MaxBytes
                ? Unreadable(path, SourceText.TooLarge(file.Length))
                : Read(file, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Unreadable(path, e.Message);
        }
    }

    /// <summary>Reads a stream, of which it takes no more than <see cref="MaxBytes"/> and one.</summary>
    /// <param name="sourceName">What the errors call it: the file's name.</param>
    public static ManifestFile Read(Stream stream, string sourceName)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(MaxBytes + 1);
        try
        {
            int length = stream.ReadAtLeast(buffer.AsSpan(0, MaxBytes + 1), MaxBytes + 1, throwOnEndOfStream: false);
            if (length > MaxBytes)
                return Unreadable(sourceName, SourceText.TooLarge(null));
            (string text, string? error) = SourceText.Decode(buffer.AsSpan(0, length));
            return error is null ? Read(text, sourceName) : UnreadableAt(sourceName, text, text.Length, error);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads a text.</summary>
    /// <param name="sourceName">What the errors call it: the file's name.</param>
    public static ManifestFile Read(string text, string sourceName)
    {
        // A character is at most three bytes of UTF-8; the exact count matters only near the limit.
        if (text.Length > MaxBytes)
            return Unreadable(sourceName, SourceText.TooLarge(null));
        if (SourceText.FindRefused(text) is (int offset, string refused))
            return UnreadableAt(sourceName, text, offset, refused);
        List<DocumentSpan> spans = DocumentSplitter.Split(text).FindAll(span => span.HasContent);
        if (spans.Count == 0)
            return Unreadable(sourceName, "there is no manifest in it");
        if (spans.Count > ManifestLimits.Documents)
            return Unreadable(sourceName, "more than 1,000 documents in one file");

        DocumentReader reader = new(text, sourceName);
        foreach (DocumentSpan span in spans)
            reader.Read(span);
        return reader.Documents is []
            ? Unreadable(sourceName, "there is no manifest in it")
            : new ManifestFile(sourceName, text, reader.Documents, []);
    }

    private static ManifestFile Unreadable(string sourceName, string message) =>
        new(sourceName, "", [], [new ManifestError(sourceName, "", 0, 0, message)]);

    private static ManifestFile UnreadableAt(string sourceName, string text, int offset, string message)
    {
        (int line, int column) = new LineMap(text).Locate(offset);
        return new ManifestFile(sourceName, text, [], [new ManifestError(sourceName, "", line, column, message)]);
    }
}
