using Fairlead.Netlink;
using Fairlead.Standalone.Interop;
using Fairlead.Standalone.Recipes;

namespace Fairlead.Standalone.Parts;

/// <summary>The pod's network namespace.</summary>
internal sealed class NetworkNamespacePart(EnvironmentContext context) : IEnvironmentPart
{
    private readonly string _path = context.Paths.NetworkNamespacePath;

    public string Name => "network namespace";

    public string? LogPath => null;

    public Task<string?> EnsureAsync(CancellationToken cancellationToken)
    {
        using NetworkNamespace? existing = context.OpenNetworkNamespace();
        if (existing is not null)
            return Task.FromResult<string?>(null);
        if (RestoreName() is { } restored)
            return Task.FromResult<string?>(restored);
        // What may lie there is the file of a namespace that is gone.
        NetworkNamespace.Delete(_path);
        NetworkNamespace.Create(_path).Dispose();
        return Task.FromResult<string?>($"made network namespace {_path}");
    }

    public async Task<string?> RemoveAsync(CancellationToken cancellationToken)
    {
        await PodProcesses.EndAllAsync(context, cancellationToken);
        if (!File.Exists(_path))
            return null;
        NetworkNamespace.Delete(_path);
        return $"removed network namespace {_path}";
    }

    public Task<PartStatus> CheckAsync(CancellationToken cancellationToken)
    {
        using NetworkNamespace? netns = context.OpenNetworkNamespace();
        return Task.FromResult(new PartStatus(Name, netns is not null, netns is null ? $"no {_path}" : _path));
    }

    /// <summary>
    /// Gives the namespace its name back, when somebody has removed that (`ip netns del` does) and the pod lives on in it.
    /// Returns what was done, or null when there was nothing to do.
    /// </summary>
    public string? RestoreName()
    {
        using NetworkNamespace? netns = context.OpenNetworkNamespace();
        if (netns is not null || context.SandboxPidFile.FindAlive() is not { } sandbox)
            return null;
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        File.Create(_path).Dispose();
        if (Libc.Mount($"/proc/{sandbox.Pid}/ns/net", _path, null, Libc.MS_BIND, 0) != 0)
            throw Libc.Failure($"mount the network namespace of process {sandbox.Pid} on {_path}");
        return $"gave the pod's network namespace its name {_path} back";
    }
}
