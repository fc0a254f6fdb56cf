using Fairlead.Cni;
using Fairlead.CniProxy.Cluster;
using Fairlead.CniProxy.Journal;
using Fairlead.CniProxy.Pods;
using Fairlead.CniProxy.Telemetry;
using Microsoft.Extensions.Logging;

namespace Fairlead.CniProxy.Verbs;

/// <summary>
/// Gives an attachment back from its record alone: with the configuration of its ADD, and with no namespace when the
/// pod's is gone, so that the network's addresses are free again whatever became of the rest.
/// </summary>
internal sealed partial class Release(
    CniRuntime runtime,
    AttachmentJournal journal,
    HeldNamespaces namespaces,
    ILauncherStatus launchers,
    TimeProvider time,
    ILogger<Release> logger
)
{
    /// <summary>Steps: end what is left of plugins, record the intent, DEL, let go of the namespace, forget the record.</summary>
    /// <param name="record">As it is in the journal; the caller has its key's turn.</param>
    /// <exception cref="Grpc.Core.RpcException">A plugin failed; the record stays, with the reason, and is tried again.</exception>
    public async Task RunAsync(JournalRecord record)
    {
        if (record.State != JournalState.Attached)
            await EndPluginsAsync(record);
        record = record with { State = JournalState.Releasing };
        await journal.SaveAsync(record);
        await PausePoint.ReachAsync("delete-intent");
        try
        {
            await RunPluginsAsync(record);
        }
        catch (CniException e)
        {
            await KeepAsync(record, e.Message);
            throw ProxyError.Plugin(e);
        }
        catch (CniFormatException e)
        {
            await KeepAsync(record, $"its recorded configuration or result cannot be read: {e.Message}");
            throw ProxyError.Unreadable(e);
        }

        await PausePoint.ReachAsync("delete-plugins");
        await namespaces.ForgetAsync(record);
        await PausePoint.ReachAsync("delete-done");
        ProxyMetrics.Released.Add(1, new KeyValuePair<string, object?>("network", record.Network));
        launchers.Changed(record);
        LogReleased(logger, record.DisplayName, record.InterfaceName);
    }

    /// <summary>What the plugins are told: made here, never by a client.</summary>
    /// <param name="record">The attachment.</param>
    /// <param name="netnsPath">Where its namespace is, or null when that is gone.</param>
    public static CniAttachment AttachmentOf(JournalRecord record, string? netnsPath)
    {
        CniAttachment attachment = new()
        {
            ContainerId = record.ContainerId,
            InterfaceName = record.InterfaceName,
            NetnsPath = netnsPath,
            CniArgs =
            [
                new("IgnoreUnknown", "1"),
                new("K8S_POD_NAMESPACE", record.PodNamespace),
                new("K8S_POD_NAME", record.PodName),
                new("K8S_POD_INFRA_CONTAINER_ID", record.ContainerId),
                new("K8S_POD_UID", record.PodUid),
            ],
        };
        return EndpointOptions.Of(record).ApplyTo(attachment);
    }

    /// <summary>Of a run that was killed, or of a plugin that was: what it still makes would come after the DEL.</summary>
    private async Task EndPluginsAsync(JournalRecord record)
    {
        int ended = await LeftoverPlugins.EndAsync(record.ContainerId, CancellationToken.None);
        if (ended > 0)
            LogPluginsEnded(logger, record.DisplayName, ended);
    }

    private async Task RunPluginsAsync(JournalRecord record)
    {
        NetworkConfigurationList network = NetworkConfigurationList.Parse(
            record.Configuration,
            record.ConfigurationPath
        );
        CniResult? previous = record.Result is null ? null : CniResult.Parse(record.Result);
        string? netns = namespaces.Find(record);
        bool standsIn =
            previous is not null
            && netns is not null
            && await PodLinks.GiveAddressesBackAsync(netns, record.InterfaceName, previous);
        try
        {
            await DeleteAsync();
        }
        catch (CniException) when (standsIn)
        {
            // The link may have gone with an earlier DEL, of whose end nobody knows, and all the rest with it: iptables says
            // then that there is no such chain, which bridge and ptp take for a failure. Without a link they do not look.
            await PodLinks.DeleteAsync(netns!, record.InterfaceName);
            await DeleteAsync();
        }

        Task DeleteAsync() =>
            CniActions.MeasureAsync(
                "DEL",
                record,
                () => runtime.DeleteAsync(network, AttachmentOf(record, netns), previous)
            );
    }

    private async Task KeepAsync(JournalRecord record, string reason)
    {
        int failures = record.FailedReleases + 1;
        ProxyMetrics.ReleaseFailures.Add(1, new KeyValuePair<string, object?>("network", record.Network));
        LogNotReleased(logger, record.DisplayName, failures, reason);
        await journal.SaveAsync(
            record with
            {
                Message = reason,
                FailedReleases = failures,
                NextTryAt = time.GetUtcNow() + Backoff.After(failures),
            }
        );
    }

    [LoggerMessage(
        EventId = 30,
        Level = LogLevel.Information,
        Message = "DEL {Attachment}: interface {Interface} released"
    )]
    private static partial void LogReleased(ILogger logger, string attachment, string @interface);

    [LoggerMessage(
        EventId = 31,
        Level = LogLevel.Error,
        Message = "DEL {Attachment} failed ({Failures} times now): {Reason}"
    )]
    private static partial void LogNotReleased(ILogger logger, string attachment, int failures, string reason);

    [LoggerMessage(
        EventId = 52,
        Level = LogLevel.Warning,
        Message = "{Attachment}: {Count} process(es) of a plugin of an earlier run ended"
    )]
    private static partial void LogPluginsEnded(ILogger logger, string attachment, int count);
}
