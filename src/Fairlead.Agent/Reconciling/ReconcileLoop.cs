using System.Diagnostics;
using Fairlead.Agent.Telemetry;
using Fairlead.Crds;
using Fairlead.Libvirt;
using Fairlead.Netlink;
using Fairlead.Vmi;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fairlead.Agent.Reconciling;

/// <summary>
/// Keeps the reconciler going: what changed at the source or happened in libvirt comes to the queue at once, everything
/// at each resync, and what failed after its backoff. What changes in the kernel or in libvirt's networks asks too.
/// </summary>
internal sealed partial class ReconcileLoop(
    IVmSource source,
    VmStore store,
    Reconciler reconciler,
    DomainVnicStore domainStore,
    DomainVnics domainVnics,
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

    private static readonly TimeSpan s_reconnect = TimeSpan.FromSeconds(1);

    private readonly Dictionary<VirtualMachineKey, int> _failures = [];
    private readonly TaskCompletionSource _readable = new(TaskCreationOptions.RunContinuationsAsynchronously);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll([
            WatchSourceAsync(stoppingToken),
            ResyncAsync(stoppingToken),
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
                if (DomainVnicRecord.DomainOf(key) is { } domain)
                    await domainVnics.ReconcileAsync(domain, stoppingToken);
                else
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

    /// <summary>What is other than before has its turn at once.</summary>
    private Task WatchSourceAsync(CancellationToken stoppingToken) =>
        source.WatchAsync(
            changed =>
            {
                foreach (VirtualMachineKey key in changed)
                    queue.Enqueue(key);
                _readable.TrySetResult();
            },
            stoppingToken
        );

    /// <summary>Everything, though nothing is known to have changed.</summary>
    private async Task ResyncAsync(CancellationToken stoppingToken)
    {
        await _readable.Task.WaitAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            foreach (VirtualMachineKey key in Everything().Where(key => !IsWaiting(key)))
                queue.Enqueue(key);
            await Task.Delay(options.ResyncInterval, time, stoppingToken);
        }
    }

    private IEnumerable<VirtualMachineKey> Everything() =>
        source.Keys.Union(store.List().Select(r => r.Key)).Union(domainStore.Keys());

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
                await _readable.Task.WaitAsync(stoppingToken);
                LibvirtConnection connection = await libvirt.GetAsync(stoppingToken);
                using LibvirtEventSubscription<DomainEvent> subscription = await connection.SubscribeDomainEventsAsync(
                    stoppingToken
                );
                foreach (VmRecord record in store.List())
                    queue.Enqueue(record.Key); // what happened before the subscription
                await foreach (DomainEvent happened in subscription.ReadAllAsync(stoppingToken))
                {
                    // The events of a start that fails are its own: they must not cut its backoff short.
                    if (KeyOf(happened.Domain) is { } key && !IsWaiting(key))
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

    private VirtualMachineKey? KeyOf(Domain domain) =>
        domainStore.HasUid(domain.Uuid.ToString())
            ? DomainVnicRecord.KeyOf(domain.Uuid)
            : VnicNames.VmOfDomain(domain.Name);

    private async Task CollectOrphansAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await orphans.CollectAsync(uid => store.HasUid(uid) || domainStore.HasUid(uid), stoppingToken);
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

    [LoggerMessage(EventId = 232, Level = LogLevel.Warning, Message = "libvirtd at {Uri} is not there: {Message}")]
    private static partial void LogLibvirtLost(ILogger logger, string uri, string message);

    [LoggerMessage(EventId = 233, Level = LogLevel.Warning, Message = "no look for orphaned attachments: {Message}")]
    private static partial void LogOrphans(ILogger logger, string message);
}
