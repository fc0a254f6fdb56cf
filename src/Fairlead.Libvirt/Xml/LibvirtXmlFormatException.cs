namespace Fairlead.Libvirt;

/// <summary>A document is not the libvirt XML that it should be.</summary>
public sealed class LibvirtXmlFormatException : FormatException
{
    /// <summary>Makes an exception for a place in a document.</summary>
    /// <param name="message">What is wrong.</param>
    /// <param name="lineNumber">Line from 1, or 0 if unknown.</param>
    /// <param name="linePosition">Position in the line from 1, or 0 if unknown.</param>
    /// <param name="innerException">The cause, if any.</param>
    public LibvirtXmlFormatException(
        string message,
        int lineNumber = 0,
        int linePosition = 0,
        Exception? innerException = null
    )
        : base(lineNumber == 0 ? message : $"line {lineNumber}, position {linePosition}: {message}", innerException)
    {
        LineNumber = lineNumber;
        LinePosition = linePosition;
    }

    /// <summary>Line from 1, or 0 if unknown.</summary>
    public int LineNumber { get; }

    /// <summary>Position in the line from 1, or 0 if unknown.</summary>
    public int LinePosition { get; }
}
