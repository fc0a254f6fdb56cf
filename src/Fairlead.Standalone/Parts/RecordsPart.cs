using Fairlead.CniProxy.Client;
using Fairlead.Standalone.Recipes;
using Fairlead.Standalone.Records;
using Fairlead.Storage;

namespace Fairlead.Standalone.Parts;

/// <summary>The environment's directories and records.</summary>
internal sealed class RecordsPart(EnvironmentContext context) : IEnvironmentPart
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly EnvironmentPaths _paths = context.Paths;

    public string Name => "records";

    public string? LogPath => null;

    public async Task<string?> EnsureAsync(CancellationToken cancellationToken)
    {
        bool isNew = !File.Exists(_paths.RecordFile);
        foreach (string directory in DirectoriesOf(_paths))
            Directory.CreateDirectory(directory, Private);
        // dnsmasq has given up root by the time it reads its hosts from in there; in the pod this is /var/lib/libvirt.
        File.SetUnixFileMode(
            Path.Combine(_paths.LibvirtState, "lib"),
            Private | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute
        );
        await context.UpdateAsync(context.Record);
        SandboxRecord sandbox = new(
            context.Record.SandboxId,
            context.PodName,
            EnvironmentContext.PodNamespace,
            context.Record.PodUid,
            _paths.NetworkNamespacePath
        );
        if (!IsRecorded(sandbox))
            await DurableFile.WriteAsync(_paths.SandboxFile, sandbox.ToJson());
        return isNew ? $"recorded the environment in {_paths.Persistent}" : null;
    }

    // Only what is ours, by name: whoever names a directory of others as the state directory shall not lose it.
    public Task<string?> RemoveAsync(CancellationToken cancellationToken)
    {
        foreach (string name in EnvironmentDirectory.RuntimeNames)
            EnvironmentDirectory.Delete(Path.Combine(_paths.Runtime, name));
        EnvironmentDirectory.DeleteIfEmpty(_paths.Runtime);
        DurableFile.Delete(_paths.SandboxFile);
        new EnvironmentRecordFile(_paths.RecordFile).Delete();
        return Task.FromResult<string?>(null);
    }

    public Task<PartStatus> CheckAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new PartStatus(Name, Ready: true, _paths.Persistent));

    private static IEnumerable<string> DirectoriesOf(EnvironmentPaths paths) =>
        [
            paths.Persistent,
            paths.Runtime,
            paths.Manifests,
            paths.CniProxyState,
            paths.AgentState,
            paths.BundledCniConfiguration,
            paths.BundledIpamData,
            paths.PodInterfaceCache,
            paths.Logs,
            Path.GetDirectoryName(paths.CniProxySocket)!,
            Path.GetDirectoryName(paths.AgentSocket)!,
            .. PodMounts.Of(paths).Select(mount => mount.Source),
        ];

    private bool IsRecorded(SandboxRecord sandbox)
    {
        try
        {
            return SandboxRecord.Read(_paths.SandboxFile) == sandbox;
        }
        catch (InvalidDataException)
        {
            return false; // it is made of the environment's record, so it can be made again
        }
    }
}
