using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Fairlead.Crds;

/// <summary>Looks at the file system. .NET tells directories from files, but not block devices from either.</summary>
public static partial class FileProbe
{
    private const int EACCES = 13;

    public static unsafe FileKind Probe(string path)
    {
        const int atFdcwd = -100;
        const uint statxType = 1;
        // struct statx is the same on every architecture (include/uapi/linux/stat.h): 256 bytes, stx_mode at 28.
        Span<byte> statx = stackalloc byte[256];
        fixed (byte* buffer = statx)
        {
            if (Statx(atFdcwd, path, 0, statxType, buffer) != 0)
                return Marshal.GetLastPInvokeError() == EACCES ? FileKind.Forbidden : FileKind.Missing;
        }
        ushort mode = BitConverter.IsLittleEndian
            ? BinaryPrimitives.ReadUInt16LittleEndian(statx[28..])
            : BinaryPrimitives.ReadUInt16BigEndian(statx[28..]);
        // S_IFMT and its values, inode(7).
        return (mode & 0xf000) switch
        {
            0x8000 => FileKind.File,
            0x4000 => FileKind.Directory,
            0x6000 => FileKind.BlockDevice,
            _ => FileKind.Other,
        };
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Statx(int directory, string path, int flags, uint mask, byte* buffer);
}
