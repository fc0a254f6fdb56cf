namespace Fairlead.Standalone;

/// <summary>A directory of the environment, mounted in the pod over one that libvirt has compiled in.</summary>
internal sealed record PodMount(string Source, string Target);

/// <summary>What the pod's mount namespace has instead of the host's.</summary>
internal static class PodMounts
{
    private static readonly string[] Covered =
    [
        "/etc/libvirt",
        "/var/lib/libvirt",
        "/var/cache/libvirt",
        "/var/log/libvirt",
        "/run/libvirt",
    ];

    /// <summary>The bind mounts of an environment's pod.</summary>
    public static IReadOnlyList<PodMount> Of(EnvironmentPaths paths) =>
        [
            new(Path.Combine(paths.LibvirtState, "etc"), "/etc/libvirt"),
            new(Path.Combine(paths.LibvirtState, "lib"), "/var/lib/libvirt"),
            new(Path.Combine(paths.LibvirtState, "cache"), "/var/cache/libvirt"),
            new(Path.Combine(paths.LibvirtState, "log"), "/var/log/libvirt"),
            new(paths.LibvirtRuntime, "/run/libvirt"),
        ];

    /// <summary>The covered directory that a path lies in, or null.</summary>
    public static string? Covering(string path) =>
        Array.Find(Covered, covered => path == covered || path.StartsWith(covered + "/", StringComparison.Ordinal));
}
