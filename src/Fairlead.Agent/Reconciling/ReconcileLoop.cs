using System.Diagnostics;
using Fairlead.Agent.Standalone;
using Fairlead.Agent.Telemetry;
using Fairlead.Crds;
using Fairlead.Libvirt;
using Fairlead.Netlink;
using Fairlead.Vmi;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fairlead.Agent.Reconciling;

/// <summary>
/// Keeps the reconciler going: what changed in the manifests or happened in libvirt comes to the queue at once, everything
/// at each resync, and what failed after its backoff. What changes in the kernel or in libvirt's networks asks too.
/// </summary>
internal sealed partial class ReconcileLoop(
    ManifestDirectory manifests,
    VmStore store,
    Reconciler reconciler,
    ReconcileQueue queue,
    OrphanCollector orphans,
    AttachmentRecordStore attachments,
    RouteSocket route,
    LibvirtSession libvirt,
    AgentOptions options,
    TimeProvider time,
    ILogger<ReconcileLoop> logger
) : BackgroundService
{
    private const int Workers = 8;

    // An editor writes a file in several steps; one look a moment later sees them all.
    private static readonly TimeSpan s_settle = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_reconnect = TimeSpan.FromSeconds(1);

    private readonly Dictionary<VirtualMachineKey, int> _failures = [];

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll([
            WatchManifestsAsync(stoppingToken),
            WatchDomainsAsync(stoppingToken),
            WatchNetworksAsync(stoppingToken),
            WatchLinksAsync(stoppingToken),
            CollectOrphansAsync(stoppingToken),
            .. Enumerable.Range(0, Workers).Select(_ => WorkAsync(stoppingToken)),
        ]);

    private async Task WorkAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            VirtualMachineKey key = await queue.TakeAsync(stoppingToken);
            long begin = Stopwatch.GetTimestamp();
            try
            {
                await reconciler.ReconcileAsync(key, stoppingToken);
                AgentTelemetry.Reconciled(begin, succeeded: true);
                lock (_failures)
                    _failures.Remove(key);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                AgentTelemetry.Reconciled(begin, succeeded: false);
                // One machine that fails never stops another.
                int failures;
                lock (_failures)
                    failures = _failures[key] = _failures.GetValueOrDefault(key) + 1;
                TimeSpan retry = Backoff.After(failures);
                LogFailed(logger, key.ToString(), retry.TotalSeconds, e.Message, e is ReconcileException ? null : e);
                await ReportAsync(key, e, retry);
                queue.Enqueue(key, retry);
            }
            finally
            {
                queue.Done(key);
            }
        }
    }

    private async Task ReportAsync(VirtualMachineKey key, Exception failure, TimeSpan retry)
    {
        try
        {
            await reconciler.ReportFailureAsync(key, failure, retry);
        }
        catch (IOException e)
        {
            LogFailed(logger, key.ToString(), retry.TotalSeconds, e.Message, e);
        }
    }

    /// <summary>Reads the directory when something in it changes, and everything at each resync.</summary>
    private async Task WatchManifestsAsync(CancellationToken stoppingToken)
    {
        Directory.CreateDirectory(manifests.Path);
        using SemaphoreSlim changed = new(0);
        using FileSystemWatcher watcher = new(manifests.Path);
        watcher.Changed += (_, _) => changed.Release();
        watcher.Created += (_, _) => changed.Release();
        watcher.Deleted += (_, _) => changed.Release();
        watcher.Renamed += (_, _) => changed.Release();
        watcher.Error += (_, _) => changed.Release(); // the queue of inotify(7) overflowed: look at everything
        watcher.EnableRaisingEvents = true;
        bool all = true;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                IReadOnlyCollection<VirtualMachineKey> different = manifests.Load();
                foreach (VirtualMachineKey key in all ? Everything() : different)
                {
                    if (!all || !IsWaiting(key) || different.Contains(key))
                        queue.Enqueue(key);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                LogManifestsUnreadable(logger, manifests.Path, e.Message);
            }

            all = !await changed.WaitAsync(options.ResyncInterval, stoppingToken);
            if (all)
                continue;
            await Task.Delay(s_settle, time, stoppingToken);
            while (changed.Wait(0, CancellationToken.None))
                continue;
        }
    }

    private IEnumerable<VirtualMachineKey> Everything() =>
        manifests.Snapshot.Keys.Union(store.List().Select(r => r.Key));

    // What failed comes when its backoff is over, not with every resync.
    private bool IsWaiting(VirtualMachineKey key)
    {
        lock (_failures)
            return _failures.ContainsKey(key);
    }

    /// <summary>Follows libvirt's domain events, through every restart of libvirtd.</summary>
    private async Task WatchDomainsAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                LibvirtConnection connection = await libvirt.GetAsync(stoppingToken);
                using LibvirtEventSubscription<DomainEvent> subscription = await connection.SubscribeDomainEventsAsync(
                    stoppingToken
                );
                foreach (VmRecord record in store.List())
                    queue.Enqueue(record.Key); // what happened before the subscription
                await foreach (DomainEvent happened in subscription.ReadAllAsync(stoppingToken))
                {
                    // The events of a start that fails are its own: they must not cut its backoff short.
                    if (VnicNames.VmOfDomain(happened.Domain.Name) is { } key && !IsWaiting(key))
                        queue.Enqueue(key);
                }
            }
            catch (LibvirtException e)
            {
                LogLibvirtLost(logger, options.LibvirtUri, e.Message);
            }

            await Task.Delay(s_reconnect, time, stoppingToken);
        }
    }

    private async Task CollectOrphansAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await orphans.CollectAsync(store.HasUid, stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                LogOrphans(logger, e.Message);
            }

            await Task.Delay(options.ResyncInterval, time, stoppingToken);
        }
    }

    [LoggerMessage(
        EventId = 230,
        Level = LogLevel.Warning,
        Message = "{Vm}: not reconciled, next try in {Seconds:F1} s: {Message}"
    )]
    private static partial void LogFailed(
        ILogger logger,
        string vm,
        double seconds,
        string message,
        Exception? exception
    );

    [LoggerMessage(EventId = 231, Level = LogLevel.Error, Message = "manifest directory {Path}: {Message}")]
    private static partial void LogManifestsUnreadable(ILogger logger, string path, string message);

    [LoggerMessage(EventId = 232, Level = LogLevel.Warning, Message = "libvirtd at {Uri} is not there: {Message}")]
    private static partial void LogLibvirtLost(ILogger logger, string uri, string message);

    [LoggerMessage(EventId = 233, Level = LogLevel.Warning, Message = "no look for orphaned attachments: {Message}")]
    private static partial void LogOrphans(ILogger logger, string message);
}
