using System.Runtime.InteropServices;
using Fairlead.Netlink.Interop;

namespace Fairlead.Netlink.Wire;

/// <summary>How a request ended: NLMSG_ERROR (0 is success) for one thing, NLMSG_DONE for a dump.</summary>
internal readonly record struct Acknowledgement(Errno Errno, string? KernelMessage)
{
    /// <summary>
    /// NLMSG_ERROR: the second part has only the header if NLM_F_CAPPED is set, the attributes exist only if
    /// NLM_F_ACK_TLVS is set. NLMSG_DONE has no second part.
    /// <code>
    /// | minus errno i32 | nlmsghdr of the request 16, its payload | attributes |
    /// </code>
    /// </summary>
    public static Acknowledgement Decode(in NetlinkMessage message)
    {
        ReadOnlySpan<byte> payload = message.Payload;
        bool isError = message.Header.Type == Rtnetlink.NLMSG_ERROR;
        // Kernels that have nothing to report end some dumps with an empty NLMSG_DONE.
        if (payload.Length < sizeof(int))
            return isError ? throw new NetlinkFormatException("Acknowledgement cut short", 0) : default;
        int code = MemoryMarshal.Read<int>(payload);
        if (code is > 0 or int.MinValue)
            throw new NetlinkFormatException($"Acknowledgement with code {code}", 0);
        bool hasAttributes = (message.Header.Flags & Rtnetlink.NLM_F_ACK_TLVS) != 0;
        int start = isError ? sizeof(int) + EchoLength(message) : sizeof(int);
        string? text = hasAttributes && start < payload.Length ? FindText(payload[start..], start) : null;
        return new Acknowledgement((Errno)(-code), text);
    }

    private static int EchoLength(in NetlinkMessage message)
    {
        if ((message.Header.Flags & Rtnetlink.NLM_F_CAPPED) != 0)
            return NlMsgHdr.Size;
        ReadOnlySpan<byte> echo = message.Payload[sizeof(int)..];
        if (echo.Length < NlMsgHdr.Size)
            throw new NetlinkFormatException("Echoed header cut short", sizeof(int));
        uint length = MemoryMarshal.Read<NlMsgHdr>(echo).Length;
        return length <= (uint)echo.Length
            ? Math.Max(Alignment.Up((int)length), NlMsgHdr.Size)
            : throw new NetlinkFormatException($"Echoed length {length} of {echo.Length} bytes", sizeof(int));
    }

    private static string? FindText(ReadOnlySpan<byte> attributes, int offset)
    {
        foreach (NetlinkAttribute attribute in new AttributeReader(attributes, offset))
        {
            if (attribute.Type == Rtnetlink.NLMSGERR_ATTR_MSG)
                return attribute.ReadString();
        }
        return null;
    }
}
