using Microsoft.Extensions.Logging;

namespace Fairlead.Kubernetes;

/// <summary>Which lease is fought for, by whom, and how patiently. The times are client-go's defaults.</summary>
public sealed record LeaderElectionOptions
{
    public required ObjectKey Lease { get; init; }

    /// <summary>Unique among the candidates: the pod's name, say.</summary>
    public required string Identity { get; init; }

    /// <summary>A lease that has not been renewed for so long may be taken.</summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>A leader that cannot renew for so long stops leading. Less than the duration, or there could be two.</summary>
    public TimeSpan RenewDeadline { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan RetryPeriod { get; init; } = TimeSpan.FromSeconds(2);
}

/// <summary>
/// One leader among several processes, by a Lease. No clock of another machine is trusted: a lease counts as expired when we
/// have not seen it change for its duration.
/// </summary>
public sealed partial class LeaderElector(
    KubernetesClient client,
    LeaderElectionOptions options,
    TimeProvider? timeProvider = null
)
{
    private static readonly TimeSpan s_releaseTimeout = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _time = timeProvider ?? TimeProvider.System;
    private string? _seenVersion;
    private long _seenAt;

    /// <summary>Who leads, as last seen; empty for nobody, null before the first look.</summary>
    public string? Leader { get; private set; }

    public bool IsLeader { get; private set; }

    /// <summary>
    /// Waits for its turn and leads, again and again, until cancelled or <paramref name="lead"/> has ended. The lease is
    /// given up at the end, so that the next leader need not wait for it to expire.
    /// </summary>
    /// <param name="lead">
    /// The leader's work; its token is cancelled when leadership is lost. It must end soon then: within the lease duration
    /// less the renew deadline.
    /// </param>
    /// <param name="cancellationToken">Ends all of it.</param>
    public async Task RunAsync(Func<CancellationToken, Task> lead, CancellationToken cancellationToken)
    {
        while (true)
        {
            while (!await TryHoldAsync(cancellationToken).ConfigureAwait(false))
                await PauseAsync(cancellationToken).ConfigureAwait(false);
            if (await LeadAsync(lead, cancellationToken).ConfigureAwait(false))
                return;
        }
    }

    /// <summary>Leads until it is over; true when there is nothing more to lead.</summary>
    private async Task<bool> LeadAsync(Func<CancellationToken, Task> lead, CancellationToken cancellationToken)
    {
        LogLeading(client.Logger, options.Identity, options.Lease.ToString());
        IsLeader = true;
        using CancellationTokenSource lost = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task keep = KeepAsync(ended.Token);
        try
        {
            Task work = lead(lost.Token); // within: it may throw at once
            await Task.WhenAny(work, keep).ConfigureAwait(false);
            bool isOver = work.IsCompleted || cancellationToken.IsCancellationRequested;
            await lost.CancelAsync().ConfigureAwait(false);
            try
            {
                await work.ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (lost.IsCancellationRequested) { }

            cancellationToken.ThrowIfCancellationRequested();
            return isOver;
        }
        finally
        {
            IsLeader = false;
            await ended.CancelAsync().ConfigureAwait(false);
            await keep.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await ReleaseAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Renews; returns when that has not worked for too long.</summary>
    private async Task KeepAsync(CancellationToken cancellationToken)
    {
        long renewed = _time.GetTimestamp();
        while (true)
        {
            await PauseAsync(cancellationToken).ConfigureAwait(false);
            TimeSpan left = options.RenewDeadline - _time.GetElapsedTime(renewed);
            using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1));
            long begin = _time.GetTimestamp();
            try
            {
                if (await TryHoldAsync(limit.Token).ConfigureAwait(false))
                    renewed = begin;
                else if (Leader != options.Identity)
                    break;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested) { }

            if (_time.GetElapsedTime(renewed) >= options.RenewDeadline)
                break;
        }

        LogLost(client.Logger, options.Identity, options.Lease.ToString());
    }

    /// <summary>Takes the lease if it is free, or renews our own.</summary>
    private async Task<bool> TryHoldAsync(CancellationToken cancellationToken)
    {
        try
        {
            Lease? lease = await client
                .FindAsync(Lease.Resource, options.Lease, cancellationToken)
                .ConfigureAwait(false);
            if (lease is null)
            {
                Lease first = new()
                {
                    Metadata = new ObjectMeta { Namespace = options.Lease.Namespace, Name = options.Lease.Name },
                    Spec = SpecAfter(null),
                };
                Saw(await client.CreateAsync(Lease.Resource, first, null, cancellationToken).ConfigureAwait(false));
                return true;
            }

            Saw(lease);
            if (!MayTake(lease))
                return false;
            Lease held = lease with { Spec = SpecAfter(lease.Spec) };
            Saw(await client.ReplaceAsync(Lease.Resource, held, null, cancellationToken).ConfigureAwait(false));
            return true;
        }
        catch (KubernetesException e)
        {
            if (e is { IsConflict: false, IsAlreadyExists: false })
                LogFailed(client.Logger, e.Message);
            return false;
        }
    }

    private bool MayTake(Lease lease) =>
        string.IsNullOrEmpty(lease.Spec.HolderIdentity)
        || lease.Spec.HolderIdentity == options.Identity
        || _time.GetElapsedTime(_seenAt) >= TimeSpan.FromSeconds(lease.Spec.LeaseDurationSeconds ?? 0);

    private void Saw(Lease lease)
    {
        Leader = lease.Spec.HolderIdentity ?? "";
        if (lease.Metadata.ResourceVersion == _seenVersion)
            return;
        _seenVersion = lease.Metadata.ResourceVersion;
        _seenAt = _time.GetTimestamp();
    }

    private LeaseSpec SpecAfter(LeaseSpec? old)
    {
        DateTimeOffset now = _time.GetUtcNow();
        bool isOurs = old?.HolderIdentity == options.Identity;
        return new LeaseSpec
        {
            HolderIdentity = options.Identity,
            LeaseDurationSeconds = (int)Math.Ceiling(options.LeaseDuration.TotalSeconds),
            AcquireTime = isOurs ? old!.AcquireTime : now,
            RenewTime = now,
            LeaseTransitions = isOurs ? old!.LeaseTransitions : (old?.LeaseTransitions + 1) ?? 0,
        };
    }

    private async Task ReleaseAsync()
    {
        // The caller's token is cancelled by now; giving up the lease has a deadline of its own.
        using CancellationTokenSource limit = new(s_releaseTimeout);
        try
        {
            Lease? lease = await client.FindAsync(Lease.Resource, options.Lease, limit.Token).ConfigureAwait(false);
            if (lease?.Spec.HolderIdentity != options.Identity)
                return;
            LeaseSpec free = lease.Spec with
            {
                HolderIdentity = "",
                LeaseDurationSeconds = 1,
                RenewTime = _time.GetUtcNow(),
            };
            Saw(
                await client
                    .ReplaceAsync(Lease.Resource, lease with { Spec = free }, null, limit.Token)
                    .ConfigureAwait(false)
            );
        }
        catch (Exception e) when (e is KubernetesException or OperationCanceledException)
        {
            LogFailed(client.Logger, e.Message);
        }
    }

    private Task PauseAsync(CancellationToken cancellationToken) =>
        Task.Delay(options.RetryPeriod * (0.8 + (Random.Shared.NextDouble() * 0.4)), _time, cancellationToken);

    [LoggerMessage(EventId = 610, Level = LogLevel.Information, Message = "{Identity} leads by lease {Lease}")]
    private static partial void LogLeading(ILogger logger, string identity, string lease);

    [LoggerMessage(EventId = 611, Level = LogLevel.Warning, Message = "{Identity} leads no more by lease {Lease}")]
    private static partial void LogLost(ILogger logger, string identity, string lease);

    [LoggerMessage(EventId = 612, Level = LogLevel.Warning, Message = "leader election: {Message}")]
    private static partial void LogFailed(ILogger logger, string message);
}
