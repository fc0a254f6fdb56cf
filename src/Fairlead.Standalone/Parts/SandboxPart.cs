using Fairlead.Standalone.Processes;
using Fairlead.Standalone.Recipes;
using Fairlead.Standalone.Records;

namespace Fairlead.Standalone.Parts;

/// <summary>The process that holds the pod's mount namespace, as a pod's pause container does.</summary>
internal sealed class SandboxPart(EnvironmentContext context) : DaemonPart(context, "sandbox"), IEnvironmentPart
{
    protected override IReadOnlyList<string> Command() =>
        [
            .. Context.Self,
            "sandbox",
            .. Context.Paths.IsDefault ? (string[])[] : ["--state-dir", Context.Paths.Persistent],
        ];

    // Slave: what is mounted on the host later (a disk with images) is seen in the pod too; and what is unmounted there
    // is in the pod as well, else the pod would keep other people's network namespaces and disks busy.
    protected override IReadOnlyList<string> Launcher(IReadOnlyList<string> command) =>
        [
            Programs.Require("nsenter", "util-linux"),
            $"--net={Context.Paths.NetworkNamespacePath}",
            "--",
            Programs.Require("unshare", "util-linux"),
            "--mount",
            "--propagation",
            "slave",
            "--",
            .. command,
        ];

    protected override async Task PrepareAsync(CancellationToken cancellationToken)
    {
        EnvironmentDirectory.Delete(Context.Paths.SandboxReadyFile);
        await PodAccounts.WriteAsync(Context.Paths);
        foreach (PodMount mount in PodMounts.Of(Context.Paths))
            await MakeMountPointAsync(mount.Target);
    }

    protected override Task<Readiness> ProbeAsync(ProcessIdentity process, CancellationToken cancellationToken) =>
        Task.FromResult(
            new PidFile(Context.Paths.SandboxReadyFile).Read() == process
                ? Readiness.Ready
                : Readiness.NotYet("its mounts are not made")
        );

    async Task<string?> IEnvironmentPart.RemoveAsync(CancellationToken cancellationToken)
    {
        string? done = await RemoveAsync(cancellationToken);
        EnvironmentDirectory.Delete(Context.Paths.SandboxReadyFile);
        await RemoveMountPointsAsync();
        return done;
    }

    // A mount needs a directory to be mounted upon, and the pod shares the host's file systems: it has to be made there.
    // One that is empty and mounted upon in another mount namespace is another environment's: whoever is last removes it.
    private async Task MakeMountPointAsync(string path)
    {
        EnvironmentRecord record = Context.Record;
        bool ours =
            !Directory.Exists(path)
            || (!Directory.EnumerateFileSystemEntries(path).Any() && ProcessTable.IsMountPointElsewhere(path));
        if (ours && !record.CreatedDirectories.Contains(path, StringComparer.Ordinal))
            await Context.UpdateAsync(record with { CreatedDirectories = [.. record.CreatedDirectories, path] });
        Directory.CreateDirectory(path);
    }

    private async Task RemoveMountPointsAsync()
    {
        EnvironmentRecord record = Context.Record;
        // Removing one would take the mount away from a pod that still has one there.
        List<string> inUse = [.. record.CreatedDirectories.Where(ProcessTable.IsMountPointElsewhere)];
        foreach (string path in record.CreatedDirectories.Except(inUse, StringComparer.Ordinal))
            EnvironmentDirectory.DeleteIfEmpty(path);
        if (record.CreatedDirectories.Count > inUse.Count)
            await Context.UpdateAsync(record with { CreatedDirectories = inUse });
    }
}
