using System.Globalization;
using Fairlead.CniProxy.Peers;
using Fairlead.Netlink;
using Microsoft.Extensions.Logging;

namespace Fairlead.CniProxy.Pods;

/// <summary>Looks at the pods of the node.</summary>
internal sealed partial class PodCensus(IIdentitySource source, ILogger<PodCensus> logger)
{
    private string? _lastFailure;

    /// <summary>Looks anew. A record that was there before is judged rightly; one that came later may not be.</summary>
    public async Task<PodLook> LookAsync(CancellationToken cancellationToken) =>
        new(BootId.Current, await SandboxesAsync(cancellationToken), NetnsSeen.At, Inhabited);

    private async Task<IReadOnlySet<string>?> SandboxesAsync(CancellationToken cancellationToken)
    {
        try
        {
            IReadOnlySet<string> sandboxes = await source.ListIdsAsync(cancellationToken);
            _lastFailure = null;
            return sandboxes;
        }
        catch (IdentityException e)
        {
            if (_lastFailure != e.Message)
                LogCannotTell(logger, e.Message);
            _lastFailure = e.Message;
            return null;
        }
    }

    /// <summary>The network namespaces of all processes, by their main threads; of each one path that leads to it.</summary>
    private static Dictionary<NetworkNamespaceId, string> Inhabited()
    {
        Dictionary<NetworkNamespaceId, string> found = [];
        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out _))
                continue;
            string path = Path.Combine(directory, "ns", "net");
            if (IdentityAt(path) is { } netns)
                found.TryAdd(netns, path);
        }

        return found;
    }

    // Without the cookie, for which one has to go in: there are many processes and few namespaces.
    private static NetworkNamespaceId? IdentityAt(string path)
    {
        try
        {
            using NetworkNamespace netns = NetworkNamespace.Open(path);
            return netns.Identity;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NetlinkException)
        {
            return null; // the process has ended meanwhile
        }
    }

    [LoggerMessage(
        EventId = 61,
        Level = LogLevel.Warning,
        Message = "which pods there are cannot be told now, so none counts as gone by its name: {Reason}"
    )]
    private static partial void LogCannotTell(ILogger logger, string reason);
}
