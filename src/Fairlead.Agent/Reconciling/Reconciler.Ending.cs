using Fairlead.Crds;
using Fairlead.Libvirt;
using Microsoft.Extensions.Logging;

namespace Fairlead.Agent.Reconciling;

// How a machine ends: by request, by its manifest going, by itself.
internal sealed partial class Reconciler
{
    private async Task ForgetAsync(VmRecord record, CancellationToken cancellationToken)
    {
        if (record.Vm.Metadata.DeletionTimestamp is null)
        {
            record = record with
            {
                Vm = record.Vm with { Metadata = record.Vm.Metadata with { DeletionTimestamp = Now } },
            };
            record = record.WithStatus(s =>
                s with
                {
                    Conditions = Conditions.Set(
                        s.Conditions,
                        ConditionTypes.Ready,
                        status: false,
                        Reasons.Stopping,
                        "the manifest is gone",
                        Now
                    ),
                }
            );
            await store.SaveAsync(record);
        }

        await EndDomainAsync(record, cancellationToken);
        await ReleaseAllAsync(record, cancellationToken);
        store.Remove(record);
        events.Forget(record.Key);
        LogForgotten(logger, record.Key.ToString());
    }

    /// <summary>Ends the machine by request, and keeps it as an object.</summary>
    private async Task StopAsync(VmRecord record, string reason, string message, CancellationToken cancellationToken)
    {
        bool ran = record.Run == RunState.Started;
        if (ran)
        {
            record = record.WithStatus(s =>
                s with
                {
                    Conditions = Conditions.Set(
                        s.Conditions,
                        ConditionTypes.Ready,
                        status: false,
                        Reasons.Stopping,
                        message,
                        Now
                    ),
                }
            );
            await store.SaveAsync(record);
        }

        await EndDomainAsync(record, cancellationToken);
        if (reason == Reasons.Drained)
            await ReleaseAllAsync(record, cancellationToken);
        else
            await ReleaseAsync(record, cancellationToken);
        // After a drain the machine starts again with the environment, or on another node, so it counts as waiting.
        bool waits = reason is Reasons.Drained or Reasons.Moving;
        VirtualMachinePhase phase =
            waits ? VirtualMachinePhase.Pending
            : ran ? VirtualMachinePhase.Succeeded
            : record.Vm.Status?.Phase ?? VirtualMachinePhase.Pending;
        RunState run = waits && record.Run == RunState.Ended ? RunState.Ended : RunState.NotStarted;
        record = WithoutPlace(record with { Run = run })
            .WithPhase(
                run == RunState.Ended ? record.Vm.Status!.Phase!.Value : phase,
                ready: false,
                reason,
                message,
                Now
            );
        if (reason != Reasons.Drained)
            record = record.Released();
        if (ran)
            events.Normal(record.Key, reason, message);
        await store.SaveAsync(record);
    }

    /// <summary>The guest has ended by itself, or somebody ended the domain behind our back.</summary>
    private async Task EndedAsync(VmRecord record, DomainStatus state, CancellationToken cancellationToken)
    {
        (VirtualMachinePhase phase, string reason, string message) = state.Reason switch
        {
            DomainStateReason.ShutoffCrashed or DomainStateReason.CrashedPanicked or DomainStateReason.CrashedUnknown =>
                (VirtualMachinePhase.Failed, Reasons.GuestCrashed, "the guest or its QEMU crashed"),
            DomainStateReason.ShutoffFailed => (
                VirtualMachinePhase.Failed,
                Reasons.StartFailed,
                "QEMU did not start; its log is in the libvirt pod's /var/log/libvirt/qemu"
            ),
            DomainStateReason.ShutoffDestroyed => (
                VirtualMachinePhase.Succeeded,
                Reasons.Destroyed,
                "the domain was destroyed in libvirt"
            ),
            DomainStateReason.ShutoffUnknown => (
                VirtualMachinePhase.Failed,
                Reasons.EndUnknown,
                "the guest ended while libvirtd was not there: nobody knows whether it powered off or crashed"
            ),
            _ => (VirtualMachinePhase.Succeeded, Reasons.GuestPoweredOff, "the guest powered itself off"),
        };
        await domains.StopAsync(record.Uid, TimeSpan.Zero, cancellationToken);
        await ReleaseAsync(record, cancellationToken);
        if (phase == VirtualMachinePhase.Failed)
            events.Warning(record.Key, reason, message);
        else
            events.Normal(record.Key, reason, message);
        record = record with
        {
            Run = RunState.Ended,
            EndedAt = Now,
            Reruns = Rerun.CountAfter(record.Reruns, Now - record.StartedAt),
        };
        await store.SaveAsync(WithoutPlace(record).WithPhase(phase, ready: false, reason, message, Now).Released());
        LogEnded(logger, record.Key.ToString(), message);
    }

    private async Task EndDomainAsync(VmRecord record, CancellationToken cancellationToken)
    {
        TimeSpan grace = TimeSpan.FromSeconds(record.Vm.Spec.TerminationGracePeriodSeconds);
        if (!await domains.StopAsync(record.Uid, grace, cancellationToken))
            events.Warning(
                record.Key,
                Reasons.Stopped,
                $"the guest had not powered off after {grace.TotalSeconds} s and was destroyed"
            );
    }

    /// <summary>
    /// Gives its attachments back, but for those whose endpoints are to be retained. On a cluster nothing outlives a
    /// placement: the machine may run on another node next.
    /// </summary>
    private Task ReleaseAsync(VmRecord record, CancellationToken cancellationToken) =>
        record.Placement is not null
            ? ReleaseAllAsync(record, cancellationToken)
            : ReleaseAsync(record, () => vnics.ReleaseAsync(Effective(record.Vm), cancellationToken));

    private Task ReleaseAllAsync(VmRecord record, CancellationToken cancellationToken) =>
        ReleaseAsync(record, () => vnics.TearDownAsync(record.Uid, cancellationToken));

    private async Task ReleaseAsync(VmRecord record, Func<Task<int>> release)
    {
        noCloudDisk.Remove(record.Uid);
        try
        {
            int released = await release();
            if (released > 0)
                events.Normal(record.Key, Reasons.Released, $"{released} network attachment(s) released");
        }
        catch (AggregateException e)
        {
            string message = string.Join("; ", e.InnerExceptions.Select(failure => failure.Message));
            throw new ReconcileException(Reasons.ReleaseFailed, message, e);
        }
    }

    /// <summary>The record of a machine that runs nowhere, with what of its vNICs is retained.</summary>
    private VmRecord WithoutPlace(VmRecord record) =>
        record.WithoutPlace(Effective(record.Vm).Spec, vnics.Find(record.Uid));

    [LoggerMessage(EventId = 211, Level = LogLevel.Information, Message = "{Vm}: {Message}")]
    private static partial void LogEnded(ILogger logger, string vm, string message);

    [LoggerMessage(EventId = 212, Level = LogLevel.Information, Message = "{Vm}: stopped, released and forgotten")]
    private static partial void LogForgotten(ILogger logger, string vm);
}
