using System.Globalization;
using Fairlead.Netlink;
using Fairlead.Standalone.Interop;
using Fairlead.Standalone.Processes;

namespace Fairlead.Standalone.Parts;

/// <summary>Everything that runs in the pod: the namespace is ours, so whoever is in it is too.</summary>
internal static class PodProcesses
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    /// <summary>Who is in the pod's network namespace, the sandbox process excepted.</summary>
    public static IReadOnlyList<ProcessIdentity> List(EnvironmentContext context)
    {
        ProcessIdentity? sandbox = context.SandboxPidFile.FindAlive();
        using NetworkNamespace? netns = context.OpenNetworkNamespace();
        string? link = netns?.ToString() ?? LinkOf(sandbox);
        return link is null ? [] : [.. ProcessTable.InNetworkNamespace(link).Where(process => process != sandbox)];
    }

    /// <summary>Ends them all, those too that they start meanwhile. Returns what was done, or null when nobody was there.</summary>
    public static async Task<string?> EndAllAsync(EnvironmentContext context, CancellationToken cancellationToken)
    {
        HashSet<int> ended = [];
        long killFrom = Environment.TickCount64 + (long)Grace.TotalMilliseconds;
        while (List(context) is { Count: > 0 } processes)
        {
            bool kill = Environment.TickCount64 >= killFrom;
            foreach (ProcessIdentity process in processes)
            {
                bool isNew = ended.Add(process.Pid);
                if (kill || isNew)
                    process.Signal(kill ? Libc.SIGKILL : Libc.SIGTERM);
            }
            await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
        }
        return ended.Count == 0
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"ended what was left of processes in the pod: {ended.Count}"
            );
    }

    // With the namespace's name gone, the sandbox process still leads to it, and holds its number.
    private static string? LinkOf(ProcessIdentity? sandbox) =>
        sandbox is null ? null : new FileInfo($"/proc/{sandbox.Pid}/ns/net").LinkTarget;
}
