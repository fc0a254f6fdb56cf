using System.Globalization;

namespace Fairlead.Standalone.Processes;

/// <summary>Looks through /proc. Processes that end meanwhile are simply not found.</summary>
internal static class ProcessTable
{
    /// <summary>Who is in the network namespace that is mounted at a path; nobody when there is none.</summary>
    /// <param name="namespaceLink">"net:[INODE]", of a namespace that is held: a number is free for others after its end.</param>
    public static IReadOnlyList<ProcessIdentity> InNetworkNamespace(string namespaceLink) =>
        Where(pid => LinkOf(pid, "ns/net") == namespaceLink);

    /// <summary>Who runs exactly this command line.</summary>
    public static IReadOnlyList<ProcessIdentity> WithCommandLine(IReadOnlyList<string> command)
    {
        string wanted = string.Join('\0', command) + '\0';
        return Where(pid => ReadText(pid, "cmdline") == wanted);
    }

    /// <summary>Those of the processes that see our files: a container's may have the same command line and mean others.</summary>
    public static IEnumerable<ProcessIdentity> InOwnMountNamespace(IEnumerable<ProcessIdentity> processes)
    {
        string? own = LinkOf(Environment.ProcessId, "ns/mnt");
        return processes.Where(process => LinkOf(process.Pid, "ns/mnt") == own);
    }

    /// <summary>Whether somebody, in another mount namespace than ours, has something mounted on a directory.</summary>
    public static bool IsMountPointElsewhere(string directory)
    {
        string? own = LinkOf(Environment.ProcessId, "ns/mnt");
        HashSet<string> seen = [own ?? ""];
        return Pids().Any(pid => LinkOf(pid, "ns/mnt") is { } link && seen.Add(link) && HasMount(pid, directory));
    }

    private static bool HasMount(int pid, string directory) =>
        ReadText(pid, "mountinfo") is { } text
        // Field 5 is the mount point (proc(5)); blanks in it are written as \040, of which our directories have none.
        && text.Split('\n').Any(line => line.Split(' ', 6) is { Length: 6 } fields && fields[4] == directory);

    private static List<ProcessIdentity> Where(Func<int, bool> predicate) =>
        [
            .. Pids()
                .Where(pid => pid != Environment.ProcessId && predicate(pid))
                .Select(ProcessIdentity.Find)
                .OfType<ProcessIdentity>(),
        ];

    private static IEnumerable<int> Pids() =>
        Directory
            .EnumerateDirectories("/proc")
            .Select(path =>
                int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
                    ? pid
                    : 0
            )
            .Where(pid => pid > 0);

    private static string? LinkOf(int pid, string name)
    {
        try
        {
            return new FileInfo($"/proc/{pid}/{name}").LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string? ReadText(int pid, string name)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/{name}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
