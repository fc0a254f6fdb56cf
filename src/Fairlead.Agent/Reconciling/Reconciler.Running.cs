using System.Diagnostics;
using System.Xml.Linq;
using Fairlead.Agent.Telemetry;
using Fairlead.Crds;
using Fairlead.Libvirt;
using Fairlead.Vmi;
using Fairlead.Vmi.CloudInit;
using Microsoft.Extensions.Logging;

namespace Fairlead.Agent.Reconciling;

// How a machine comes to run, and is looked after while it does.
internal sealed partial class Reconciler
{
    /// <summary>On a VM whose breaks are to be looked at, not repaired: <c>fairlead.dev/repair: "off"</c>.</summary>
    private const string RepairAnnotation = "fairlead.dev/repair";

    private async Task RunAsync(VmRecord record, bool mayStart, CancellationToken cancellationToken)
    {
        if (record.Run == RunState.Ended)
        {
            await ReleaseAsync(record, cancellationToken); // in case the end was not finished
            if (!IsDueAgain(record))
                return;
            record = record with { Run = RunState.NotStarted, Reruns = record.Reruns + 1 };
        }

        DomainStatus? state = await domains.FindStateAsync(record.Uid, cancellationToken);
        if (record.Run == RunState.Started)
        {
            if (state is { } known && IsAlive(known))
            {
                await LookAfterAsync(record, known, cancellationToken);
                return;
            }

            if (state is { } over && (HasRun(over) || WasSeenRunning(record)))
            {
                await EndedAsync(record, over, cancellationToken);
                return;
            }

            if (!mayStart)
                return;
            if (state is null)
                events.Warning(record.Key, Reasons.DomainGone, "the libvirt domain is gone; it is started anew");
            await ReleaseAsync(record, cancellationToken);
        }

        if (mayStart)
            await StartAsync(record, cancellationToken);
    }

    /// <summary>On a cluster the end of the guest is the end of its placement, and the controller decides.</summary>
    private bool IsDueAgain(VmRecord record) =>
        record.Placement is null
        && record.Vm.Spec.RunsAgainAfter(record.Vm.Status?.Phase)
        && Now >= record.EndedAt + Rerun.DelayOf(record.Reruns);

    private async Task StartAsync(VmRecord record, CancellationToken cancellationToken)
    {
        using Activity? span = AgentTelemetry
            .Source.StartActivity("vm start")
            ?.SetTag("fairlead.vm", record.Key.ToString())
            .SetTag("fairlead.vm.uid", record.Uid);
        VirtualMachine vm = Effective(record.Vm);
        CheckNode(vm);
        record = (record with { Run = RunState.NotStarted })
            .WithStatus(s => s with { Hypervisor = null })
            .WithPhase(
                VirtualMachinePhase.Scheduling,
                ready: false,
                Reasons.SettingUp,
                "its networks are being set up",
                Now
            );
        await store.SaveAsync(record);

        IReadOnlyDictionary<string, AttachmentRecord> attached = await vnics.SetUpAsync(
            vm,
            record.Identities,
            cancellationToken
        );
        foreach (AttachmentRecord a in attached.Values)
            events.Normal(
                record.Key,
                Reasons.NetworkAttached,
                $"vNIC {a.Vnic}: {string.Join(", ", a.Endpoint!.Addresses)} of network {a.Network}, MAC {a.Endpoint.Mac}"
            );
        record = record.WithInterfaces(vm.Spec, attached).WithIdentities(vm.Spec, attached);
        await store.SaveAsync(record);
        StepClock clock = new(time);
        try
        {
            await StartDomainAsync(record, vm, attached, clock, cancellationToken);
        }
        catch (Exception e) when (e is LibvirtException { IsConnectionLost: false } or NoCloudDiskException)
        {
            // Undone as a whole: no endpoint is held for a machine that does not run.
            await domains.StopAsync(record.Uid, TimeSpan.Zero, cancellationToken);
            await ReleaseAsync(record, cancellationToken);
            await store.SaveAsync(WithoutPlace(record with { Run = RunState.NotStarted }));
            throw new ReconcileException(Reasons.StartFailed, e.Message, e);
        }

        record = record with
        {
            Run = RunState.Started,
            StartedSpec = record.Vm.Spec,
            StartedAt = Now,
            StartSteps = clock.Steps,
        };
        string hypervisor = vm.Spec.Domain.Type ?? node.DomainType;
        record = record.WithStatus(s => s with { Hypervisor = hypervisor, Node = options.NodeName });
        events.Normal(record.Key, Reasons.Started, $"started on {options.NodeName} with {hypervisor}");
        LogStarted(logger, record.Key.ToString(), hypervisor);
        await LookAfterAsync(
            record,
            new DomainStatus(DomainState.Running, DomainStateReason.RunningBooted),
            cancellationToken
        );
    }

    private async Task StartDomainAsync(
        VmRecord record,
        VirtualMachine vm,
        IReadOnlyDictionary<string, AttachmentRecord> attached,
        StepClock clock,
        CancellationToken cancellationToken
    )
    {
        Dictionary<string, PreparedVnic> prepared = attached.ToDictionary(
            pair => pair.Key,
            pair => new PreparedVnic(pair.Value.Names, pair.Value.Endpoint!),
            StringComparer.Ordinal
        );
        using Activity? span = AgentTelemetry.Source.StartActivity("domain start");
        string? seed = await noCloudDisk.MakeAsync(vm, attached, cancellationToken);
        XElement xml = DomainXmlBuilder.Build(vm, prepared, node, seed);
        await domains.DefineAsync(record.Uid, xml, cancellationToken);
        clock.Lap("define");
        // Before the effect: a start that is cut off must be found as one.
        await store.SaveAsync(record with { Run = RunState.Started, StartedSpec = record.Vm.Spec });
        await domains.StartAsync(record.Uid, cancellationToken);
        clock.Lap("start");
    }

    /// <summary>A running machine: status as it is seen now.</summary>
    private async Task LookAfterAsync(VmRecord record, DomainStatus state, CancellationToken cancellationToken)
    {
        VirtualMachine vm = Effective(record.Vm);
        await ApplyVnicsAsync(record, vm, cancellationToken);
        IReadOnlyList<VnicFault> faults = await FindAndRepairAsync(record, vm, cancellationToken);
        bool networkReady = faults is [];
        string problem = string.Join("; ", faults);
        IReadOnlyDictionary<string, AttachmentRecord> attached = vnics.Find(record.Uid);
        string? probe = problemOfProbe(record) is { } failed ? $"the guest {failed}" : null;
        string? notReady = state.State == DomainState.Running ? probe : "the domain is paused";
        string addresses = string.Join(
            ", ",
            attached.Values.SelectMany(a => a.Endpoint?.Addresses ?? []).Select(a => a.Address)
        );
        record = record
            .WithInterfaces(vm.Spec, attached)
            .WithIdentities(vm.Spec, attached)
            .WithIdentityCondition(attached, Now)
            .WithCondition(
                ConditionTypes.NetworkReady,
                networkReady,
                networkReady ? Reasons.NetworkAttached : Reasons.NetworkNotReady,
                networkReady ? $"every vNIC has its endpoint: {addresses}" : problem,
                Now
            )
            .WithPhase(
                VirtualMachinePhase.Running,
                networkReady && notReady is null,
                !networkReady ? Reasons.NetworkNotReady
                    : probe is not null ? Reasons.ReadinessProbeFailed
                    : Reasons.Running,
                !networkReady ? problem : notReady ?? "the domain runs and its network is ready",
                Now
            );
        await store.SaveAsync(WithRestartRequired(record, vm));
    }

    /// <summary>Says what of the manifest waits for a restart; nothing of it is done.</summary>
    private VmRecord WithRestartRequired(VmRecord record, VirtualMachine vm)
    {
        if (record.StartedSpec is not { } started)
            return record.WithoutCondition(Reasons.RestartRequired);
        IReadOnlyList<string> waiting = RestartDiff.Of(Effective(record.Vm with { Spec = started }), vm);
        return waiting is []
            ? record.WithoutCondition(Reasons.RestartRequired)
            : record.WithCondition(
                Reasons.RestartRequired,
                status: true,
                Reasons.RestartRequired,
                $"changed since the start: {string.Join(", ", waiting)}; stop and start the VM to apply it",
                Now
            );
    }

    /// <summary>Looks at the vNICs, and puts back what somebody took from them.</summary>
    /// <returns>What is wrong with them still.</returns>
    private async Task<IReadOnlyList<VnicFault>> FindAndRepairAsync(
        VmRecord record,
        VirtualMachine vm,
        CancellationToken cancellationToken
    )
    {
        IReadOnlyList<VnicFault> faults = await vnics.FindFaultsAsync(vm, cancellationToken);
        if (faults is [] || vm.Metadata.Annotations.GetValueOrDefault(RepairAnnotation) == "off")
            return faults;
        IReadOnlyList<VnicRepair> repairs = await vnics.RepairAsync(vm, faults, record.Identities, cancellationToken);
        foreach (VnicRepair repair in repairs)
        {
            if (repair.Failure is null)
                events.Normal(vm.Key, Reasons.Repaired, $"vNIC {repair.Fault.Vnic}: {repair}");
            else
                events.Warning(vm.Key, Reasons.RepairFailed, $"vNIC {repair.Fault.Vnic}: {repair}");
            LogRepair(logger, vm.Key.ToString(), repair.Fault.Vnic, repair.ToString());
        }

        return repairs is [] ? faults : await vnics.FindFaultsAsync(vm, cancellationToken);
    }

    /// <summary>What the manifest needs of this node; nothing has been touched yet.</summary>
    private void CheckNode(VirtualMachine vm)
    {
        if (vm.Spec.Domain.Type == DomainTypes.Kvm && node.DomainType != DomainTypes.Kvm)
            throw new ReconcileException(
                Reasons.HypervisorMissing,
                "spec.domain.type is kvm, but this node has no usable KVM (/dev/kvm and the vmx or svm flag); use qemu, or leave it out"
            );
        IReadOnlyList<ValidationError> missing = FileChecks.Check(vm, FileProbe.Probe);
        if (missing is not [])
            throw new ReconcileException(Reasons.FileMissing, string.Join("; ", missing));
    }

    /// <summary>The object with all defaults, the node's included.</summary>
    private VirtualMachine Effective(VirtualMachine vm) => GuestDefaults.Apply(vm, options.DefaultGuest).Defaulted();

    private static bool IsAlive(DomainStatus status) =>
        status.State is not (DomainState.Shutoff or DomainState.Crashed or DomainState.NoState);

    // "Shut off, reason unknown" is a domain that was defined and never started, unless we have seen it run: then libvirtd
    // was not there when it ended.
    private static bool WasSeenRunning(VmRecord record) => record.Vm.Status?.Hypervisor is not null;

    private static bool HasRun(DomainStatus status) => status.Reason is not DomainStateReason.ShutoffUnknown;

    [LoggerMessage(EventId = 210, Level = LogLevel.Information, Message = "{Vm}: started with {Hypervisor}")]
    private static partial void LogStarted(ILogger logger, string vm, string hypervisor);

    [LoggerMessage(EventId = 213, Level = LogLevel.Warning, Message = "{Vm}: vNIC {Vnic}: {Repair}")]
    private static partial void LogRepair(ILogger logger, string vm, string vnic, string repair);
}
