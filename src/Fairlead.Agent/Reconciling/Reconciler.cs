using System.Xml.Linq;
using Fairlead.Agent.Standalone;
using Fairlead.Crds;
using Fairlead.Libvirt;
using Fairlead.Vmi;
using Microsoft.Extensions.Logging;

namespace Fairlead.Agent.Reconciling;

/// <summary>
/// Brings one virtual machine from what it is to what is wanted. Each pass looks at manifest, record and libvirt anew,
/// so that it may be cut off anywhere and run again.
/// </summary>
/// <remarks>
/// <code>
/// no manifest          -> stop, release, forget
/// running: false       -> stop, release
/// the guest has ended  -> release, remember how it ended
/// running: true        -> attach the vNICs, define, start; then look after it
/// </code>
/// </remarks>
internal sealed partial class Reconciler(
    ManifestDirectory manifests,
    VmStore store,
    VnicSet vnics,
    DomainRunner domains,
    EventLog events,
    NodeDefaults node,
    AgentOptions options,
    TimeProvider time,
    ILogger<Reconciler> logger
)
{
    private volatile bool _draining;

    /// <summary>From now on every virtual machine is stopped and its networks are released; manifests and records stay.</summary>
    public void BeginDrain() => _draining = true;

    /// <summary>True once nothing of the virtual machine is left but its record.</summary>
    public static bool IsDrained(VmRecord record) =>
        record.Vm.Status?.Conditions.Any(c => c.Type == ConditionTypes.Ready && c.Reason == Reasons.Drained) == true;

    /// <exception cref="ReconcileException">Something is in the way; try again later.</exception>
    public async Task ReconcileAsync(VirtualMachineKey key, CancellationToken cancellationToken)
    {
        VmRecord? record = store.Find(key);
        if (_draining)
        {
            if (record is not null)
                await StopAsync(record, Reasons.Drained, "the environment goes down", cancellationToken);
            return;
        }

        DesiredVm? desired = manifests.Find(key, record?.Source);
        if (desired is null)
        {
            if (record is not null)
                await ForgetAsync(record, cancellationToken);
            return;
        }

        if (desired.Vm is null)
        {
            record = await ReportInvalidAsync(key, record, desired);
            if (record.Digest.Length == 0)
                return;
        }
        else
        {
            record = await AcceptAsync(record, desired.Vm, desired.Source);
        }

        if (!record.Vm.Spec.Running)
            await StopAsync(record, Reasons.Stopped, "spec.running is false", cancellationToken);
        else
            await RunAsync(record, cancellationToken);
    }

    /// <summary>Writes a failed pass into the status.</summary>
    public async Task ReportFailureAsync(VirtualMachineKey key, Exception failure, TimeSpan retryIn)
    {
        if (store.Find(key) is not { } record)
            return;
        string reason = (failure as ReconcileException)?.Reason ?? Reasons.StartFailed;
        string message = $"{failure.Message} (next try in {Math.Ceiling(retryIn.TotalSeconds)} s)";
        events.Warning(key, reason, failure.Message);
        VirtualMachinePhase phase =
            record.Run == RunState.Started ? VirtualMachinePhase.Running : VirtualMachinePhase.Pending;
        record = record.WithPhase(phase, ready: false, reason, message, Now);
        if (reason == Reasons.AttachFailed)
            record = record.WithCondition(ConditionTypes.NetworkReady, status: false, reason, failure.Message, Now);
        await store.SaveAsync(record);
    }

    private async Task<VmRecord> ReportInvalidAsync(VirtualMachineKey key, VmRecord? record, DesiredVm desired)
    {
        events.Warning(key, Reasons.InvalidManifest, desired.Problem!);
        // A machine that was accepted once goes on as it was; one that never was shows why.
        record ??= NewRecord(
                new VirtualMachine
                {
                    Metadata = new ObjectMeta { Namespace = key.Namespace, Name = key.Name },
                },
                ""
            )
            .WithPhase(VirtualMachinePhase.Pending, ready: false, Reasons.InvalidManifest, desired.Problem!, Now);
        record = record.WithCondition(
            Reasons.Synchronized,
            status: false,
            Reasons.InvalidManifest,
            desired.Problem!,
            Now
        );
        await store.SaveAsync(record);
        return record;
    }

    /// <summary>Takes the manifest into the record: a new identity, or a new generation of an old one.</summary>
    private async Task<VmRecord> AcceptAsync(VmRecord? record, VirtualMachine wanted, string source)
    {
        string digest = SpecDigest.Of(wanted);
        if (record is null)
        {
            record = NewRecord(wanted, digest)
                .WithPhase(VirtualMachinePhase.Pending, ready: false, Reasons.Accepted, "waits for its turn", Now);
            events.Normal(record.Key, Reasons.Accepted, "manifest accepted");
        }
        else if (record.Digest != digest)
        {
            record = record with
            {
                Digest = digest,
                Vm = record.Vm with
                {
                    Spec = wanted.Spec,
                    Metadata = record.Vm.Metadata with
                    {
                        Labels = wanted.Metadata.Labels,
                        Annotations = wanted.Metadata.Annotations,
                        Generation = record.Vm.Metadata.Generation + 1,
                    },
                },
                Run = record.Run == RunState.Ended ? RunState.NotStarted : record.Run,
            };
        }

        record = (record with { Source = source })
            .WithoutCondition(Reasons.Synchronized)
            .WithStatus(s => s with { ObservedGeneration = record.Vm.Metadata.Generation });
        await store.SaveAsync(record);
        return record;
    }

    private VmRecord NewRecord(VirtualMachine wanted, string digest) =>
        new()
        {
            Version = VmRecord.CurrentVersion,
            Digest = digest,
            Vm = wanted with
            {
                Metadata = wanted.Metadata with
                {
                    Uid = Guid.NewGuid().ToString(),
                    CreationTimestamp = Now,
                    Generation = 1,
                },
                Status = new VirtualMachineStatus { Node = options.NodeName },
            },
        };

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
        await ReleaseAsync(record, cancellationToken);
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
        await ReleaseAsync(record, cancellationToken);
        // After a drain the machine starts again with the environment, so it counts as waiting.
        VirtualMachinePhase phase =
            reason == Reasons.Drained ? VirtualMachinePhase.Pending
            : ran ? VirtualMachinePhase.Succeeded
            : record.Vm.Status?.Phase ?? VirtualMachinePhase.Pending;
        RunState run = reason == Reasons.Drained && record.Run == RunState.Ended ? RunState.Ended : RunState.NotStarted;
        record = (record with { Run = run })
            .WithPhase(
                run == RunState.Ended ? record.Vm.Status!.Phase!.Value : phase,
                ready: false,
                reason,
                message,
                Now
            )
            .WithoutPlace();
        if (ran)
            events.Normal(record.Key, reason, message);
        await store.SaveAsync(record);
    }

    private async Task RunAsync(VmRecord record, CancellationToken cancellationToken)
    {
        if (record.Run == RunState.Ended)
        {
            await ReleaseAsync(record, cancellationToken); // in case the end was not finished
            return;
        }

        DomainStatus? state = await domains.FindStateAsync(record.Uid, cancellationToken);
        if (record.Run == RunState.Started)
        {
            if (state is { } known && IsAlive(known))
            {
                await LookAfterAsync(record, known, cancellationToken);
                return;
            }

            if (state is { } over && HasRun(over))
            {
                await EndedAsync(record, over, cancellationToken);
                return;
            }

            if (state is null)
                events.Warning(record.Key, Reasons.DomainGone, "the libvirt domain is gone; it is started anew");
            await ReleaseAsync(record, cancellationToken);
        }

        await StartAsync(record, cancellationToken);
    }

    private async Task StartAsync(VmRecord record, CancellationToken cancellationToken)
    {
        VirtualMachine vm = Effective(record.Vm);
        CheckNode(vm);
        record = (record with { Run = RunState.NotStarted }).WithPhase(
            VirtualMachinePhase.Scheduling,
            ready: false,
            Reasons.SettingUp,
            "its networks are being set up",
            Now
        );
        await store.SaveAsync(record);

        IReadOnlyDictionary<string, AttachmentRecord> attached = await vnics.SetUpAsync(vm, cancellationToken);
        foreach (AttachmentRecord a in attached.Values)
            events.Normal(
                record.Key,
                Reasons.NetworkAttached,
                $"vNIC {a.Vnic}: {string.Join(", ", a.Endpoint!.Addresses)} of network {a.Network}, MAC {a.Endpoint.Mac}"
            );
        record = record.WithInterfaces(vm.Spec, attached);
        await store.SaveAsync(record);
        try
        {
            await StartDomainAsync(record, vm, attached, cancellationToken);
        }
        catch (LibvirtException e) when (!e.IsConnectionLost)
        {
            // Undone as a whole: no endpoint is held for a machine that does not run.
            await domains.StopAsync(record.Uid, TimeSpan.Zero, cancellationToken);
            await ReleaseAsync(record, cancellationToken);
            await store.SaveAsync((record with { Run = RunState.NotStarted }).WithoutPlace());
            throw new ReconcileException(Reasons.StartFailed, e.Message, e);
        }

        record = record with { Run = RunState.Started, StartedGeneration = record.Vm.Metadata.Generation };
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
        CancellationToken cancellationToken
    )
    {
        Dictionary<string, PreparedVnic> prepared = attached.ToDictionary(
            pair => pair.Key,
            pair => new PreparedVnic(pair.Value.Names, pair.Value.Endpoint!),
            StringComparer.Ordinal
        );
        XElement xml = DomainXmlBuilder.Build(vm, prepared, node);
        await domains.DefineAsync(record.Uid, xml, cancellationToken);
        // Before the effect: a start that is cut off must be found as one.
        await store.SaveAsync(record with { Run = RunState.Started, StartedGeneration = vm.Metadata.Generation });
        await domains.StartAsync(record.Uid, cancellationToken);
    }

    /// <summary>A running machine: status as it is seen now.</summary>
    private async Task LookAfterAsync(VmRecord record, DomainStatus state, CancellationToken cancellationToken)
    {
        VirtualMachine vm = Effective(record.Vm);
        IReadOnlyList<string> faults = await vnics.FindFaultsAsync(vm, cancellationToken);
        bool networkReady = faults is [];
        string problem = string.Join("; ", faults);
        string addresses = string.Join(
            ", ",
            vnics.Find(record.Uid).Values.SelectMany(a => a.Endpoint?.Addresses ?? []).Select(a => a.Address)
        );
        record = record
            .WithInterfaces(vm.Spec, vnics.Find(record.Uid))
            .WithCondition(
                ConditionTypes.NetworkReady,
                networkReady,
                networkReady ? Reasons.NetworkAttached : Reasons.NetworkNotReady,
                networkReady ? $"every vNIC has its endpoint: {addresses}" : problem,
                Now
            )
            .WithPhase(
                VirtualMachinePhase.Running,
                networkReady && state.State == DomainState.Running,
                networkReady ? Reasons.Running : Reasons.NetworkNotReady,
                state.State == DomainState.Paused ? "the domain is paused"
                    : networkReady ? "the domain runs and its network is ready"
                    : problem,
                Now
            );
        record =
            record.StartedGeneration == record.Vm.Metadata.Generation
                ? record.WithoutCondition(Reasons.RestartRequired)
                : record.WithCondition(
                    Reasons.RestartRequired,
                    status: true,
                    Reasons.RestartRequired,
                    "the manifest has changed since the start; stop and start the VM to apply it",
                    Now
                );
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
            _ => (VirtualMachinePhase.Succeeded, Reasons.GuestPoweredOff, "the guest powered itself off"),
        };
        await domains.StopAsync(record.Uid, TimeSpan.Zero, cancellationToken);
        await ReleaseAsync(record, cancellationToken);
        if (phase == VirtualMachinePhase.Failed)
            events.Warning(record.Key, reason, message);
        else
            events.Normal(record.Key, reason, message);
        await store.SaveAsync(
            (record with { Run = RunState.Ended }).WithPhase(phase, ready: false, reason, message, Now).WithoutPlace()
        );
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

    private async Task ReleaseAsync(VmRecord record, CancellationToken cancellationToken)
    {
        try
        {
            int released = await vnics.TearDownAsync(record.Uid, cancellationToken);
            if (released > 0)
                events.Normal(record.Key, Reasons.Released, $"{released} network attachment(s) released");
        }
        catch (AggregateException e)
        {
            throw new ReconcileException(Reasons.ReleaseFailed, e.Message, e);
        }
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

    // "Shut off, reason unknown" is a domain that was defined and never started.
    private static bool HasRun(DomainStatus status) => status.Reason is not DomainStateReason.ShutoffUnknown;

    private DateTimeOffset Now
    {
        get
        {
            // Kubernetes' times have whole seconds.
            DateTimeOffset now = time.GetUtcNow();
            return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond));
        }
    }

    [LoggerMessage(EventId = 210, Level = LogLevel.Information, Message = "{Vm}: started with {Hypervisor}")]
    private static partial void LogStarted(ILogger logger, string vm, string hypervisor);

    [LoggerMessage(EventId = 211, Level = LogLevel.Information, Message = "{Vm}: {Message}")]
    private static partial void LogEnded(ILogger logger, string vm, string message);

    [LoggerMessage(EventId = 212, Level = LogLevel.Information, Message = "{Vm}: stopped, released and forgotten")]
    private static partial void LogForgotten(ILogger logger, string vm);
}
