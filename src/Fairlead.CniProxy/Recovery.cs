using Fairlead.CniProxy.Journal;
using Fairlead.CniProxy.Peers;
using Fairlead.CniProxy.Verbs;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Fairlead.CniProxy;

/// <summary>
/// At the start: releases what an earlier run left half done, and what belongs to pods whose network namespace is gone.
/// </summary>
internal sealed partial class Recovery(AttachmentJournal journal, Release release, ILogger<Recovery> logger)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (JournalRecord record in journal.List())
        {
            cancellationToken.ThrowIfCancellationRequested();
            string? why =
                record.State != JournalState.Attached ? "was cut off"
                : Sandbox.NetnsAt(record.NetnsPath)?.ToString() != record.NetnsIdentity
                    ? "belongs to a pod that is gone"
                : null;
            if (why is null)
                continue;
            try
            {
                int ended = await LeftoverPlugins.EndAsync(record.ContainerId, cancellationToken);
                if (ended > 0)
                    LogPluginsEnded(logger, record.DisplayName, ended);
                await release.RunAsync(record);
                LogRecovered(logger, record.DisplayName, why);
            }
            catch (RpcException e)
            {
                LogNotRecovered(logger, record.DisplayName, why, e.Status.Detail);
            }
        }
    }

    [LoggerMessage(EventId = 50, Level = LogLevel.Warning, Message = "{Attachment} {Why}: released")]
    private static partial void LogRecovered(ILogger logger, string attachment, string why);

    [LoggerMessage(
        EventId = 52,
        Level = LogLevel.Warning,
        Message = "{Attachment}: {Count} process(es) of a plugin of an earlier run ended"
    )]
    private static partial void LogPluginsEnded(ILogger logger, string attachment, int count);

    [LoggerMessage(EventId = 51, Level = LogLevel.Error, Message = "{Attachment} {Why} and is not released: {Reason}")]
    private static partial void LogNotRecovered(ILogger logger, string attachment, string why, string reason);
}
