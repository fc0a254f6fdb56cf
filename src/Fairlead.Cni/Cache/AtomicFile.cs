using System.Runtime.InteropServices;
using Fairlead.Cni.Interop;

namespace Fairlead.Cni.Cache;

/// <summary>Writes a file so that after a power loss it is either the old or the new one, whole.</summary>
internal static class AtomicFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static void CreateDirectory(string directory) =>
        Directory.CreateDirectory(directory, OwnerOnly | UnixFileMode.UserExecute);

    public static async Task WriteAsync(string path, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        // A dot in front: readers that list the directory take no notice of it.
        string temporary = Path.Combine(Path.GetDirectoryName(path)!, $".{Guid.NewGuid():N}.tmp");
        try
        {
            FileStreamOptions options = new()
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = OwnerOnly,
                BufferSize = 0,
            };
            FileStream stream = new(temporary, options);
            await using (stream.ConfigureAwait(false))
            {
                await stream.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
        SyncDirectory(Path.GetDirectoryName(path)!);
    }

    /// <summary>The name lives in the directory: without this a rename or removal may be undone by a power loss.</summary>
    public static void SyncDirectory(string directory)
    {
        int descriptor = LibC.Open(directory, LibC.O_RDONLY | LibC.O_CLOEXEC);
        int result = descriptor < 0 ? -1 : LibC.Fsync(descriptor);
        int errno = Marshal.GetLastPInvokeError();
        if (descriptor >= 0)
            _ = LibC.Close(descriptor);
        if (result != 0)
            throw new IOException($"{directory}: {Marshal.GetPInvokeErrorMessage(errno)}");
    }
}
