using Fairlead.Crds;
using Fairlead.Vmi;
using Fairlead.Vmi.CloudInit;
using Microsoft.Extensions.Logging;

namespace Fairlead.Agent.Reconciling;

/// <summary>
/// Brings one virtual machine from what it is to what is wanted. Each pass looks at manifest, record and libvirt anew,
/// so that it may be cut off anywhere and run again.
/// </summary>
/// <remarks>
/// <code>
/// no manifest, other placement  -> stop, release, forget
/// the placement is to end       -> stop, release, say so; it is over
/// running: false, Halted        -> stop, release
/// the guest has ended           -> release, remember how it ended; run again if the strategy says so
/// running: true                 -> attach the vNICs, define, start; then look after it
/// </code>
/// </remarks>
internal sealed partial class Reconciler(
    IVmSource source,
    VmStore store,
    VnicSet vnics,
    DomainRunner domains,
    LiveInterfaces interfaces,
    NoCloudDisk noCloudDisk,
    Func<VmRecord, string?> problemOfProbe,
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

        DesiredVm? desired = source.Find(key, record);
        // Another object of the same name, or the same one placed here anew: the old one ends first.
        if (record is not null && (desired is null || IsOther(record, desired)))
        {
            await ForgetAsync(record, cancellationToken);
            record = null;
        }

        if (desired is null || record?.IsReleased == true)
            return;

        record = desired.Vm is null
            ? await ReportInvalidAsync(key, record, desired)
            : await AcceptAsync(record, desired.Vm, desired);

        bool waitsElsewhere = desired.Metadata?.DeletionTimestamp is null && record.Vm.Spec.WhyHalted is null;
        if (desired.Stop is { } stop)
            await StopAsync(record, waitsElsewhere ? Reasons.Moving : Reasons.Stopped, stop, cancellationToken);
        else if (record.Vm.Spec.WhyHalted is { } halted)
            await StopAsync(record, Reasons.Stopped, halted, cancellationToken);
        else if (record.Digest.Length > 0)
            await RunAsync(record, desired.MayStart, cancellationToken);
    }

    private static bool IsOther(VmRecord record, DesiredVm desired) =>
        (desired.Metadata ?? desired.Vm?.Metadata)?.Uid is { } uid && uid != record.Uid
        || desired.Placement != record.Placement;

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
                    Metadata = desired.Metadata ?? new ObjectMeta { Namespace = key.Namespace, Name = key.Name },
                },
                "",
                desired.Placement
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
    private async Task<VmRecord> AcceptAsync(VmRecord? record, VirtualMachine wanted, DesiredVm desired)
    {
        string digest = SpecDigest.Of(wanted);
        if (record is null)
        {
            record = NewRecord(wanted, digest, desired.Placement)
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
                        Generation = wanted.Metadata.Generation ?? record.Vm.Metadata.Generation + 1,
                    },
                },
                Run = record.Run == RunState.Ended ? RunState.NotStarted : record.Run,
            };
        }

        record = (record with { Source = desired.Source })
            .WithoutCondition(Reasons.Synchronized)
            .WithStatus(s => s with { ObservedGeneration = record.Vm.Metadata.Generation });
        await store.SaveAsync(record);
        return record;
    }

    private VmRecord NewRecord(VirtualMachine wanted, string digest, string? placement) =>
        new()
        {
            Version = VmRecord.CurrentVersion,
            Digest = digest,
            Vm = wanted with
            {
                // On a cluster the API server has said all of this already.
                Metadata = wanted.Metadata with
                {
                    Uid = wanted.Metadata.Uid ?? Guid.NewGuid().ToString(),
                    CreationTimestamp = wanted.Metadata.CreationTimestamp ?? Now,
                    Generation = wanted.Metadata.Generation ?? 1,
                },
                Status = new VirtualMachineStatus
                {
                    Node = options.NodeName,
                    Placement = placement is null ? null : new VirtualMachinePlacement { Id = placement },
                },
            },
        };

    private DateTimeOffset Now
    {
        get
        {
            // Kubernetes' times have whole seconds.
            DateTimeOffset now = time.GetUtcNow();
            return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond));
        }
    }
}
