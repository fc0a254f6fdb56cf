namespace Fairlead.CniProxy.Peers;

/// <summary>
/// Finds the container in a process's /proc/PID/cgroup. Runtimes name a container's cgroup by its ID of 64 hex digits:
/// <c>…/pod2c3…/0f3a…</c> with the cgroupfs driver, <c>…/cri-containerd-0f3a….scope</c> or <c>…/crio-0f3a….scope</c> with
/// systemd's. A container may make cgroups below its own and name them as it likes, so the outermost one counts.
/// </summary>
internal static class ContainerCgroup
{
    private const int IdDigits = 64;
    private const string ScopeSuffix = ".scope";

    /// <summary>The container's ID; null when there is none, or when hierarchies disagree.</summary>
    /// <param name="cgroups">Lines of "hierarchy:controllers:path" (cgroups(7)): one with version 2, several with version 1.</param>
    public static string? Find(string cgroups)
    {
        string[] ids =
        [
            .. cgroups
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split(':', 3))
                .Where(fields => fields.Length == 3)
                .Select(fields => fields[2].Split('/').Select(IdOf).FirstOrDefault(id => id is not null))
                .OfType<string>()
                .Distinct(StringComparer.Ordinal),
        ];
        return ids.Length == 1 ? ids[0] : null;
    }

    private static string? IdOf(string name)
    {
        if (name.EndsWith(ScopeSuffix, StringComparison.Ordinal))
        {
            name = name[..^ScopeSuffix.Length];
            name = name[(name.LastIndexOf('-') + 1)..];
        }
        // systemd's driver of older runtimes: "…slice:cri-containerd:ID"
        name = name[(name.LastIndexOf(':') + 1)..];
        return name.Length == IdDigits && name.All(char.IsAsciiHexDigitLower) ? name : null;
    }
}
