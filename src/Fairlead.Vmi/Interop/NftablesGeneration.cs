using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Fairlead.Vmi.Interop;

/// <summary>
/// The generation of a network namespace's nftables: a number that the kernel raises by one with every transaction of
/// anybody (NFT_MSG_GETGEN, net/netfilter/nf_tables_api.c).
/// </summary>
internal static partial class NftablesGeneration
{
    private const int AF_NETLINK = 16;
    private const int SOCK_RAW_CLOEXEC = 0x80003;
    private const int NETLINK_NETFILTER = 12;
    private const ushort NFT_MSG_NEWGEN = 0x0a0f; // NFNL_SUBSYS_NFTABLES << 8 | 15
    private const ushort NFT_MSG_GETGEN = 0x0a10;
    private const ushort NFTA_GEN_ID = 1;
    private const int HeaderBytes = 16 + 4; // struct nlmsghdr, struct nfgenmsg

    /// <summary>That of the calling thread's namespace.</summary>
    /// <exception cref="NftablesException">The kernel did not say.</exception>
    public static uint Read()
    {
        using SafeFileHandle socket = new(
            OpenSocket(AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_NETFILTER),
            ownsHandle: true
        );
        if (socket.IsInvalid)
            throw Failure();
        // nlmsghdr: length 4, type 2, flags 2 (1: NLM_F_REQUEST), sequence 4, port 4; nfgenmsg: family, version, id: 0.
        Span<byte> request = stackalloc byte[HeaderBytes];
        request.Clear();
        BitConverter.TryWriteBytes(request, HeaderBytes);
        BitConverter.TryWriteBytes(request[4..], NFT_MSG_GETGEN);
        BitConverter.TryWriteBytes(request[6..], (ushort)1);
        if (Send(socket, request, request.Length, 0) != request.Length)
            throw Failure();
        // The kernel answers within send().
        Span<byte> reply = stackalloc byte[512];
        int length = (int)Receive(socket, reply, reply.Length, 0);
        return length < 0
            ? throw Failure()
            : Parse(reply[..length]) ?? throw new NftablesException("the kernel does not tell nftables' generation");
    }

    // Attributes: length 2, type 2, value, each at a multiple of four; the ID is big-endian.
    internal static uint? Parse(ReadOnlySpan<byte> message)
    {
        if (message.Length < HeaderBytes || BitConverter.ToUInt16(message[4..]) != NFT_MSG_NEWGEN)
            return null;
        ReadOnlySpan<byte> rest = message[HeaderBytes..];
        while (rest.Length >= 4)
        {
            int length = BitConverter.ToUInt16(rest);
            if (length < 4 || length > rest.Length)
                return null;
            if (BitConverter.ToUInt16(rest[2..]) == NFTA_GEN_ID && length == 8)
                return BinaryPrimitives.ReadUInt32BigEndian(rest[4..]);
            rest = rest[Math.Min((length + 3) & ~3, rest.Length)..];
        }
        return null;
    }

    private static NftablesException Failure() => new($"nftables' generation: {Marshal.GetLastPInvokeErrorMessage()}");

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int OpenSocket(int domain, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(SafeFileHandle socket, ReadOnlySpan<byte> buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint Receive(SafeFileHandle socket, Span<byte> buffer, nint length, int flags);
}
