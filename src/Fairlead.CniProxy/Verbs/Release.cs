using Fairlead.Cni;
using Fairlead.CniProxy.Journal;
using Fairlead.CniProxy.Peers;
using Microsoft.Extensions.Logging;

namespace Fairlead.CniProxy.Verbs;

/// <summary>
/// Gives an attachment back from its record alone: with the configuration of its ADD, and with no namespace when the
/// pod's is gone, so that the network's addresses are free again whatever became of the rest.
/// </summary>
internal sealed partial class Release(CniRuntime runtime, AttachmentJournal journal, ILogger<Release> logger)
{
    /// <exception cref="CniException">A plugin failed; the record stays, with the reason.</exception>
    public async Task RunAsync(JournalRecord record)
    {
        record = record with { State = JournalState.Releasing };
        await journal.SaveAsync(record);
        try
        {
            NetworkConfigurationList network = NetworkConfigurationList.Parse(
                record.Configuration,
                record.ConfigurationPath
            );
            CniResult? previous = record.Result is null ? null : CniResult.Parse(record.Result);
            CniAttachment attachment = AttachmentOf(record);
            if (previous is not null && attachment.NetnsPath is { } netns)
                await PodLinks.GiveAddressesBackAsync(netns, record.InterfaceName, previous);
            await runtime.DeleteAsync(network, attachment, previous);
        }
        catch (CniException e)
        {
            await journal.SaveAsync(record with { Message = e.Message });
            throw ProxyError.Plugin(e);
        }

        journal.Remove(record);
        LogReleased(logger, record.DisplayName, record.InterfaceName);
    }

    /// <summary>What the plugins are told: made here, never by a client.</summary>
    public static CniAttachment AttachmentOf(JournalRecord record)
    {
        // Another namespace at the same path is somebody else's.
        bool sameNetns = Sandbox.NetnsAt(record.NetnsPath)?.ToString() == record.NetnsIdentity;
        CniAttachment attachment = new()
        {
            ContainerId = record.ContainerId,
            InterfaceName = record.InterfaceName,
            NetnsPath = sameNetns ? record.NetnsPath : null,
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

    [LoggerMessage(
        EventId = 30,
        Level = LogLevel.Information,
        Message = "DEL {Attachment}: interface {Interface} released"
    )]
    private static partial void LogReleased(ILogger logger, string attachment, string @interface);
}
