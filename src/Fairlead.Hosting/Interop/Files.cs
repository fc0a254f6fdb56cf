using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Fairlead.Hosting.Interop;

/// <summary>What a directory entry is, not what it leads to.</summary>
internal enum FileType
{
    Socket,
    Link,
    Other,
}

/// <summary>statx(2), umask(2), lchown(2).</summary>
internal static partial class Files
{
    private const int AT_FDCWD = -100;
    private const int AT_SYMLINK_NOFOLLOW = 0x100;
    private const uint STATX_TYPE = 1;

    // struct statx: 256 bytes; stx_mode, 16 bits, at 28.
    private const int StatxBytes = 256;
    private const int ModeOffset = 28;

    // inode(7)
    private const int S_IFMT = 0xf000;
    private const int S_IFSOCK = 0xc000;
    private const int S_IFLNK = 0xa000;

    private const int ENOENT = 2;
    private const uint Unchanged = uint.MaxValue;
    private const uint OthersMask = 0b000_000_111;

    /// <summary>What is at that path; null for nothing.</summary>
    /// <exception cref="IOException">It cannot be looked at.</exception>
    public static FileType? TypeOf(string path)
    {
        Span<byte> buffer = stackalloc byte[StatxBytes];
        if (Statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_TYPE, ref buffer[0]) != 0)
            return Marshal.GetLastPInvokeError() == ENOENT ? null : throw Failure("stat", path);
        return (MemoryMarshal.Read<ushort>(buffer[ModeOffset..]) & S_IFMT) switch
        {
            S_IFSOCK => FileType.Socket,
            S_IFLNK => FileType.Link,
            _ => FileType.Other,
        };
    }

    /// <summary>Binds a socket whose mode lets its group connect, and gives it to that group. To be called while the process starts.</summary>
    /// <exception cref="IOException">The group cannot be set.</exception>
    public static void BindForGroup(Socket socket, UnixDomainSocketEndPoint endPoint, uint group)
    {
        // The umask is the whole process's: for this one call it lets the group's bits through, and nobody else's.
        uint before = Umask(OthersMask);
        try
        {
            socket.Bind(endPoint);
        }
        finally
        {
            _ = Umask(before);
        }

        string path = endPoint.ToString()!;
        if (Lchown(path, Unchanged, group) != 0)
            throw Failure($"give to group {group}:", path);
    }

    private static IOException Failure(string operation, string path) =>
        new($"{operation} {path}: {Marshal.GetLastPInvokeErrorMessage()}");

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int directory, string path, int flags, uint mask, ref byte buffer);

    [LibraryImport("libc", EntryPoint = "umask")]
    private static partial uint Umask(uint mask);

    [LibraryImport("libc", EntryPoint = "lchown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Lchown(string path, uint user, uint group);
}
