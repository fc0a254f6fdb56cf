using System.Diagnostics;
using System.Globalization;
using System.Text;
using Fairlead.CniProxy.Interop;
using Microsoft.Win32.SafeHandles;

namespace Fairlead.CniProxy;

/// <summary>
/// Plugins that go on running after their proxy was killed. What such an ADD still makes would come after the release
/// and be nobody's: they are ended first.
/// </summary>
internal static class LeftoverPlugins
{
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(10);

    // A killed process that has not gone by then hangs in the kernel, and comes to nothing when it wakes.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <summary>Kills every process that was started for this container ID, and waits until they have ended.</summary>
    /// <returns>How many there were.</returns>
    public static async Task<int> EndAsync(string containerId, CancellationToken cancellationToken)
    {
        HashSet<int> ended = [];
        long begin = Stopwatch.GetTimestamp();
        // Again until none is found: a plugin may have been about to start another.
        while (Kill(containerId) is { Count: > 0 } killed && Stopwatch.GetElapsedTime(begin) < s_patience)
        {
            ended.UnionWith(killed);
            await Task.Delay(s_poll, cancellationToken);
        }

        return ended.Count;
    }

    private static List<int> Kill(string containerId)
    {
        byte[] mark = Encoding.ASCII.GetBytes($"\0CNI_CONTAINERID={containerId}\0");
        List<int> killed = [];
        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out int processId))
                continue;
            // First the descriptor, then the look: what was looked at is what is killed.
            using SafeFileHandle? pidfd = Pidfd.Open(processId);
            bool isOurs = pidfd is not null && EnvironmentOf(directory).AsSpan().IndexOf(mark) >= 0;
            if (isOurs && Pidfd.Signal(pidfd!, Pidfd.SIGKILL))
                killed.Add(processId);
        }

        return killed;
    }

    /// <summary>The environment that the process was started with, a NUL before and behind each variable; empty once it has ended.</summary>
    private static byte[] EnvironmentOf(string directory)
    {
        try
        {
            return [0, .. File.ReadAllBytes(Path.Combine(directory, "environ"))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return []; // ended meanwhile, or somebody else's
        }
    }
}
