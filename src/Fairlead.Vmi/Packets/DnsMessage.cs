using System.Buffers.Binary;

namespace Fairlead.Vmi.Packets;

/// <summary>
/// As much of DNS (RFC 1035, 4.1) as a question needs that asks nothing but "are you there?", integers big-endian:
/// <code>
/// | ID 2 | flags 2: 0x8000 response, 0x0100 recursion desired | questions 2 | answers 2 | 2 | 2 |
/// | name: 0 for the root | type 2 = 2, NS | class 2 = 1, IN |
/// </code>
/// </summary>
internal static class DnsMessage
{
    private const int HeaderBytes = 12;
    private const ushort Response = 0x8000;

    /// <summary>Who serves the root? Every server has an answer to it, if only that it refuses.</summary>
    public static byte[] QuestionForTheRoot(ushort id)
    {
        byte[] message = new byte[HeaderBytes + 5];
        BinaryPrimitives.WriteUInt16BigEndian(message, id);
        message[2] = 0x01; // recursion desired
        message[5] = 1; // one question
        message[HeaderBytes + 2] = 2; // NS
        message[HeaderBytes + 4] = 1; // IN
        return message;
    }

    public static bool IsResponseTo(ushort id, ReadOnlySpan<byte> data) =>
        data.Length >= HeaderBytes
        && BinaryPrimitives.ReadUInt16BigEndian(data) == id
        && (BinaryPrimitives.ReadUInt16BigEndian(data[2..]) & Response) != 0;
}
