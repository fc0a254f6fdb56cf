using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Fairlead.Storage;

/// <summary>Whole files that survive a crash at any point: readers see the old text or the new, never a part.</summary>
public static partial class DurableFile
{
    /// <summary>How the names of files end that a cut-off write may leave behind.</summary>
    public const string TemporarySuffix = ".tmp";

    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Writes to a temporary file beside it (mode 0600), syncs, renames, and syncs the directory.</summary>
    public static async Task WriteAsync(string path, ReadOnlyMemory<byte> content)
    {
        string temporary = $"{path}.{Guid.NewGuid():N}{TemporarySuffix}";
        try
        {
            FileStreamOptions options = new()
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = Private,
            };
            await using (FileStream stream = new(temporary, options))
            {
                await stream.WriteAsync(content);
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

    /// <summary>Deletes the file, with what cut-off writes left of it, and syncs its directory; absent is success.</summary>
    public static void Delete(string path)
    {
        DeleteCutOffWrites(path);
        if (!File.Exists(path))
            return;
        File.Delete(path);
        SyncDirectory(Path.GetDirectoryName(path)!);
    }

    /// <summary>Deletes what writers of the file that were killed before their rename left beside it. Nobody may be writing it.</summary>
    public static void DeleteCutOffWrites(string path)
    {
        string directory = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(directory))
            return;
        foreach (string leftover in Directory.EnumerateFiles(directory, $"{Path.GetFileName(path)}.*{TemporarySuffix}"))
            File.Delete(leftover);
    }

    // A rename is durable only once its directory is. FileStream refuses directories, so this asks the C library.
    private static void SyncDirectory(string directory)
    {
        using SafeFileHandle handle = Open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (handle.IsInvalid)
            throw new IOException($"open {directory}: {Marshal.GetLastPInvokeErrorMessage()}");
        if (Fsync(handle) != 0)
            throw new IOException($"fsync {directory}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    private const int O_RDONLY = 0;

    // O_DIRECTORY differs between architectures (fcntl.h): x86 has 0o200000, arm64 0o40000.
    private static readonly int O_DIRECTORY =
        RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x4000 : 0x10000;
    private const int O_CLOEXEC = 0x80000;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(SafeFileHandle handle);
}
