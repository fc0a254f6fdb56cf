namespace Fairlead.Netlink;

/// <summary>A netlink message is not laid out as its type demands.</summary>
public sealed class NetlinkFormatException : FormatException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What was expected there.</param>
    /// <param name="offset">See <see cref="Offset"/>.</param>
    public NetlinkFormatException(string message, int offset)
        : base($"{message} (at byte {offset})") => Offset = offset;

    /// <summary>
    /// Where, in bytes: from the start of the datagram for a message header, from the end of that header for all else.
    /// </summary>
    public int Offset { get; }
}
