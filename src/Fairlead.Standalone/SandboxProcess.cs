using Fairlead.Standalone.Interop;
using Fairlead.Standalone.Processes;

namespace Fairlead.Standalone;

/// <summary>
/// The process behind <c>fairlead sandbox</c>: makes the pod's mounts in the mount namespace that it was started in, says
/// so, and is there until it is told to end. The namespace lives as long as it or any other process in it.
/// </summary>
public static class SandboxProcess
{
    /// <summary>Returns when <paramref name="cancellationToken"/> is cancelled, as SIGTERM does.</summary>
    /// <exception cref="IOException">A mount failed.</exception>
    /// <exception cref="EnvironmentException">It runs in the host's mount namespace, or there is no environment.</exception>
    public static async Task RunAsync(EnvironmentPaths paths, CancellationToken cancellationToken)
    {
        RefuseHostNamespace();
        // sysfs shows the links of the network namespace that it was mounted in: the pod's, from here on.
        if (Libc.Unmount("/sys", Libc.MNT_DETACH) != 0)
            throw Libc.Failure("unmount /sys");
        const ulong sysfs = Libc.MS_NOSUID | Libc.MS_NODEV | Libc.MS_NOEXEC;
        if (Libc.Mount("sysfs", "/sys", "sysfs", sysfs, 0) != 0)
            throw Libc.Failure("mount /sys");
        IEnumerable<PodMount> accounts = PodAccounts.Of(paths).Where(mount => File.Exists(mount.Source));
        foreach (PodMount mount in PodMounts.Of(paths).Concat(accounts))
        {
            if (Libc.Mount(mount.Source, mount.Target, null, Libc.MS_BIND, 0) != 0)
                throw Libc.Failure($"mount {mount.Source} on {mount.Target}");
        }

        await new PidFile(paths.SandboxReadyFile).WriteAsync(ProcessIdentity.Find(Environment.ProcessId)!);
        try
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // told to end
        }
    }

    // Somebody who tries `fairlead sandbox` by hand would cover the host's /etc/libvirt and /sys.
    private static void RefuseHostNamespace()
    {
        string own = new FileInfo("/proc/self/ns/mnt").LinkTarget!;
        string? host = null;
        try
        {
            host = new FileInfo("/proc/1/ns/mnt").LinkTarget;
        }
        catch (UnauthorizedAccessException)
        {
            // Where even root may not look at the init process, nobody can tell.
        }
        if (host == own)
            throw new EnvironmentException("the sandbox process needs a mount namespace of its own: use 'fairlead up'");
    }
}
