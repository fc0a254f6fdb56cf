using Fairlead.Netlink;
using Fairlead.Standalone.Processes;
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
        if (OrphanedProcess is { } orphan)
        {
            throw new EnvironmentException(
                $"{_path} is gone though process {orphan.Pid} still lives in it: "
                    + $"run 'fairlead down{context.Paths.CommandLineSuffix}' first"
            );
        }
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
    /// The sandbox process of a namespace whose name somebody has removed (`ip netns del` does): it lives on in there, and
    /// nothing else leads to it. Null when there is no such.
    /// </summary>
    public ProcessIdentity? OrphanedProcess
    {
        get
        {
            using NetworkNamespace? netns = context.OpenNetworkNamespace();
            return netns is null ? context.SandboxPidFile.FindAlive() : null;
        }
    }
}
