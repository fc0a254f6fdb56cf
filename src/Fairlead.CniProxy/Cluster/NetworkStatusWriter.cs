using System.Text.Json.Nodes;
using System.Threading.Channels;
using Fairlead.CniProxy.Journal;
using Fairlead.Kubernetes;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fairlead.CniProxy.Cluster;

/// <summary>Keeps the annotations of launchers as the journal is. What it shows is for people: no Add and no Delete waits for it.</summary>
internal sealed partial class NetworkStatusWriter(
    KubernetesClient client,
    AttachmentJournal journal,
    TimeProvider time,
    ILogger<NetworkStatusWriter> logger
) : BackgroundService, ILauncherStatus
{
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(5);
    private static readonly WriteOptions s_own = new() { FieldManager = "fairlead-cni-proxy" };

    private readonly Channel<string> _changed = Channel.CreateUnbounded<string>();

    public void Changed(JournalRecord record)
    {
        if (record.Launcher is { } launcher)
            _changed.Writer.TryWrite(launcher);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (JournalRecord record in journal.List())
            Changed(record); // it may have changed while this proxy was not there
        await foreach (string launcher in _changed.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await WriteAsync(launcher, stoppingToken);
            }
            catch (KubernetesException e)
            {
                LogFailed(logger, launcher, e.Message);
                _ = AgainAsync(launcher, stoppingToken);
            }
        }
    }

    private async Task WriteAsync(string launcher, CancellationToken cancellationToken)
    {
        string[] parts = launcher.Split('/');
        ObjectKey key = new(parts[0], parts[1]);
        if (await client.FindAsync(LauncherPod.Resource, key, cancellationToken) is not { } pod)
            return; // gone with its machine
        string? present = pod.Metadata.Annotations?.GetValueOrDefault(NetworkStatus.Annotation);
        string wanted = NetworkStatus.Of(
            present,
            journal.List().Where(r => r is { State: JournalState.Attached, Result: not null } && r.Launcher == launcher)
        );
        if (present == wanted)
            return;
        JsonObject metadata = new()
        {
            ["uid"] = pod.Metadata.Uid,
            ["annotations"] = new JsonObject { [NetworkStatus.Annotation] = wanted },
        };
        JsonObject patch = new() { ["metadata"] = metadata };
        await client.MergePatchAsync(LauncherPod.Resource, key, patch, s_own, cancellationToken);
    }

    private async Task AgainAsync(string launcher, CancellationToken cancellationToken)
    {
        await Task.Delay(s_retry, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _changed.Writer.TryWrite(launcher);
    }

    [LoggerMessage(EventId = 70, Level = LogLevel.Warning, Message = "network status of {Launcher}: {Message}")]
    private static partial void LogFailed(ILogger logger, string launcher, string message);
}
