using System.Globalization;
using System.Text;

namespace Fairlead.Cni;

/// <summary>A configuration, result or cache entry that is not what the CNI specification says; the place is named.</summary>
public sealed class CniFormatException : FormatException
{
    /// <summary>Makes an exception without a place.</summary>
    public CniFormatException(string reason)
        : this(reason, sourcePath: null, jsonPath: null, offset: null, line: null) { }

    internal CniFormatException(
        string reason,
        string? sourcePath,
        string? jsonPath,
        long? offset,
        long? line,
        Exception? innerException = null
    )
        : base(Describe(reason, sourcePath, jsonPath, offset, line), innerException)
    {
        Reason = reason;
        SourcePath = sourcePath;
        JsonPath = jsonPath;
        Offset = offset;
        Line = line;
    }

    /// <summary>What is wrong, without the place.</summary>
    public string Reason { get; }

    /// <summary>The file it came from; null when it came from none.</summary>
    public string? SourcePath { get; }

    /// <summary>The value at fault, as in <c>$.plugins[1].type</c>; null when the text is no JSON at all.</summary>
    public string? JsonPath { get; }

    /// <summary>Offset of that value in the text, in bytes from 0; null when unknown.</summary>
    public long? Offset { get; }

    /// <summary>Line of that value, from 1; null when unknown.</summary>
    public long? Line { get; }

    private static string Describe(string reason, string? sourcePath, string? jsonPath, long? offset, long? line)
    {
        StringBuilder text = new();
        if (sourcePath is not null)
            text.Append(sourcePath).Append(": ");
        if (jsonPath is not null and not "$")
            text.Append(jsonPath).Append(": ");
        text.Append(reason);
        if (offset is not null)
            text.Append(CultureInfo.InvariantCulture, $" (line {line}, byte {offset})");
        return text.ToString();
    }
}
