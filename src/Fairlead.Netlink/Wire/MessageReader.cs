using System.Runtime.InteropServices;
using Fairlead.Netlink.Interop;

namespace Fairlead.Netlink.Wire;

/// <summary>One message of a datagram: its header and what follows it.</summary>
internal readonly ref struct NetlinkMessage(NlMsgHdr header, ReadOnlySpan<byte> payload)
{
    public NlMsgHdr Header { get; } = header;

    public ReadOnlySpan<byte> Payload { get; } = payload;
}

/// <summary>
/// Walks the messages of one datagram:
/// <code>
/// | nlmsghdr 16 | payload | padding to 4 | nlmsghdr 16 | payload | ...
/// </code>
/// </summary>
internal ref struct MessageReader(ReadOnlySpan<byte> datagram)
{
    private readonly ReadOnlySpan<byte> _datagram = datagram;
    private int _offset;

    public NetlinkMessage Current { get; private set; }

    public readonly MessageReader GetEnumerator() => this;

    public bool MoveNext()
    {
        ReadOnlySpan<byte> rest = _datagram[_offset..];
        if (rest.IsEmpty)
            return false;
        if (rest.Length < NlMsgHdr.Size)
            throw new NetlinkFormatException("Message header cut short", _offset);
        NlMsgHdr header = MemoryMarshal.Read<NlMsgHdr>(rest);
        if (header.Length < NlMsgHdr.Size || header.Length > (uint)rest.Length)
            throw new NetlinkFormatException($"Message length {header.Length} of {rest.Length} bytes", _offset);
        int length = (int)header.Length;
        Current = new NetlinkMessage(header, rest[NlMsgHdr.Size..length]);
        _offset += Math.Min(Alignment.Up(length), rest.Length);
        return true;
    }
}

internal static class Alignment
{
    /// <summary>NLMSG_ALIGN and NLA_ALIGN: to the next multiple of 4.</summary>
    public static int Up(int length) => (length + 3) & ~3;
}
