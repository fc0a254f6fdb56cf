using System.Runtime.InteropServices;
using Fairlead.Cni.Interop;
using Microsoft.Win32.SafeHandles;

namespace Fairlead.Cni;

/// <summary>
/// Reads small regular files. A FIFO in the directory must not block the reader, and .NET's own open takes a shared flock,
/// which fails while a Go program holds the file with LOCK_EX; hence open(2) with O_NONBLOCK.
/// </summary>
internal static class RegularFile
{
    public const int MaxBytes = 1 << 20;

    public static byte[] Read(string path)
    {
        int descriptor = LibC.Open(path, LibC.O_RDONLY | LibC.O_NONBLOCK | LibC.O_CLOEXEC);
        if (descriptor < 0)
            throw Failure(path, Marshal.GetLastPInvokeError());
        using SafeFileHandle handle = new(descriptor, ownsHandle: true);
        long length = LengthOf(handle, path);
        if (length > MaxBytes)
            throw new IOException($"{path}: {length} bytes, more than the {MaxBytes} that are read");
        byte[] bytes = new byte[length];
        int read = 0;
        while (read < bytes.Length)
        {
            int n = RandomAccess.Read(handle, bytes.AsSpan(read), read);
            if (n == 0)
                break;
            read += n;
        }
        return read == bytes.Length ? bytes : bytes[..read];
    }

    private static long LengthOf(SafeFileHandle handle, string path)
    {
        try
        {
            return RandomAccess.GetLength(handle);
        }
        catch (NotSupportedException e)
        {
            throw new IOException($"{path}: not a regular file", e);
        }
    }

    private static Exception Failure(string path, int errno) =>
        errno switch
        {
            LibC.ENOENT => new FileNotFoundException($"{path}: no such file", path),
            LibC.EACCES => new UnauthorizedAccessException($"{path}: permission denied"),
            _ => new IOException($"{path}: {Marshal.GetPInvokeErrorMessage(errno)}"),
        };
}
