using System.Runtime.InteropServices;
using Fairlead.Standalone.Interop;
using Fairlead.Storage;

namespace Fairlead.Standalone;

/// <summary>The contents of the state directories: what is ours in them, and nothing else, is ever removed.</summary>
internal static class EnvironmentDirectory
{
    private static readonly string[] PersistentNames =
    [
        "agent",
        "cni",
        "cni-proxy",
        "environment.json",
        "environment.json.unreadable",
        "libvirt",
        "lock",
        "logs",
        "manifests",
        "sandbox.json",
    ];

    /// <summary>Names in the runtime directory.</summary>
    public static IReadOnlyList<string> RuntimeNames { get; } =
    [
        "agent",
        "agent.pid",
        "cni-proxy",
        "cni-proxy.pid",
        "libvirt",
        "libvirtd.pid",
        "sandbox.pid",
        "sandbox.ready",
        "stand-in",
    ];

    /// <summary>Refuses a state directory that holds something else, before anything is written to it.</summary>
    /// <exception cref="EnvironmentException">It does.</exception>
    public static void RefuseForeign(EnvironmentPaths paths)
    {
        string[] foreign =
        [
            .. Foreign(paths.Persistent, paths.IsDefault ? PersistentNames : [.. PersistentNames, "run"]),
            .. Foreign(paths.Runtime, RuntimeNames),
        ];
        if (foreign.Length == 0)
            return;
        string others = foreign.Length > 3 ? $" and {foreign.Length - 3} others" : "";
        throw new EnvironmentException(
            $"{paths.Persistent} holds other things ({string.Join(", ", foreign.Take(3))}{others}): "
                + "name a state directory that is Fairlead's own"
        );
    }

    /// <summary>Removes everything of ours from the persistent directory, and the directory itself if that leaves it empty.</summary>
    public static void Purge(EnvironmentPaths paths)
    {
        foreach (string path in PersistentNames.Select(name => Path.Combine(paths.Persistent, name)))
        {
            Delete(path);
            DurableFile.DeleteCutOffWrites(path);
        }

        DeleteIfEmpty(paths.Persistent);
    }

    /// <summary>Deletes a file or a directory with all it has; absent is success. A link is deleted, not followed.</summary>
    public static void Delete(string path)
    {
        if (new DirectoryInfo(path) is { Exists: true, LinkTarget: null })
            Directory.Delete(path, recursive: true);
        else if (Directory.Exists(Path.GetDirectoryName(path)))
            File.Delete(path);
    }

    /// <summary>Removes a directory if it is empty; returns whether it did.</summary>
    public static bool DeleteIfEmpty(string path)
    {
        if (Libc.RemoveDirectory(path) == 0)
            return true;
        // Busy: a mount point, somebody else's thing.
        return Marshal.GetLastPInvokeError() is Libc.ENOENT or Libc.ENOTEMPTY or Libc.EBUSY
            ? false
            : throw Libc.Failure($"remove directory {path}");
    }

    private static IEnumerable<string> Foreign(string directory, IReadOnlyList<string> known) =>
        Directory.Exists(directory)
            ? Directory
                .EnumerateFileSystemEntries(directory)
                .Where(path =>
                    !known.Contains(Path.GetFileName(path), StringComparer.Ordinal)
                    && !path.EndsWith(DurableFile.TemporarySuffix, StringComparison.Ordinal)
                )
            : [];
}
