using Fairlead.Agent.Reconciling;
using Fairlead.Agent.Standalone;
using Fairlead.Agent.V1;
using Fairlead.Crds;
using Fairlead.Vmi;
using Fairlead.Vmi.Diagnosis;
using Grpc.Core;

namespace Fairlead.Agent.Api;

/// <summary>The agent's interface for people and tools; see agent.proto for what each call means.</summary>
internal sealed class VirtualMachinesService(
    IVmSource source,
    VmStore store,
    EventLog events,
    AttachmentRecordStore attachments,
    Reconciler reconciler,
    DomainVnics domainVnics,
    DomainVnicStore domainStore,
    ReconcileQueue queue,
    ConsoleSession console,
    Doctor doctor,
    VnicTracer tracer,
    AgentStatus status
) : VirtualMachines.VirtualMachinesBase
{
    /// <summary>What apply, delete, start and stop write to.</summary>
    private ManifestDirectory Manifests =>
        source as ManifestDirectory
        ?? throw new RpcException(
            new Status(
                StatusCode.FailedPrecondition,
                "this agent takes its virtual machines from the Kubernetes API; use kubectl, or name a kubeconfig"
            )
        );

    private static readonly TimeSpan s_drainPoll = TimeSpan.FromMilliseconds(100);

    public override Task<ListResponse> List(ListRequest request, ServerCallContext context)
    {
        ListResponse response = new();
        response.Items.AddRange(
            store.List().Where(r => Matches(r.Vm, request.Namespace, "")).Select(r => ManifestWriter.ToJson(r.Vm))
        );
        return Task.FromResult(response);
    }

    public override async Task Watch(
        WatchRequest request,
        IServerStreamWriter<WatchEvent> responseStream,
        ServerCallContext context
    )
    {
        await foreach (VmChange change in store.WatchAsync(context.CancellationToken))
        {
            if (!Matches(change.Vm, request.Namespace, request.Name))
                continue;
            WatchEvent happened = new()
            {
                Type = change.Type switch
                {
                    VmChangeType.Added => WatchEvent.Types.Type.Added,
                    VmChangeType.Deleted => WatchEvent.Types.Type.Deleted,
                    _ => WatchEvent.Types.Type.Modified,
                },
                Item = ManifestWriter.ToJson(change.Vm),
            };
            await responseStream.WriteAsync(happened, context.CancellationToken);
        }
    }

    public override Task<DescribeResponse> Describe(DescribeRequest request, ServerCallContext context)
    {
        VmRecord record = Require(new VirtualMachineKey(request.Namespace, request.Name));
        DescribeResponse response = new()
        {
            Item = ManifestWriter.ToJson(record.Vm),
            Source = source.Find(record.Key, record)?.Source ?? "",
        };
        response.Events.AddRange(
            events
                .List(record.Key)
                .Select(e => new Event
                {
                    Time = e.Time.ToUnixTimeSeconds(),
                    Type = e.IsWarning ? "Warning" : "Normal",
                    Reason = e.Reason,
                    Message = e.Message,
                    Count = e.Count,
                })
        );
        response.Start.AddRange(record.StartSteps.Select(MessageOf));
        response.Paths.AddRange(
            attachments
                .List()
                .Where(a => a.VmUid == record.Uid)
                .OrderBy(a => a.Vnic, StringComparer.Ordinal)
                .Select(PathOf)
        );
        return Task.FromResult(response);
    }

    public override async Task<ApplyResponse> Apply(ApplyRequest request, ServerCallContext context)
    {
        string from = request.Source is "" or "-" ? "standard input" : request.Source;
        ApplyPlan plan = Manifests.Plan(ManifestReader.Read(request.Manifest, from));
        ApplyResponse response = new();
        response.Errors.AddRange(plan.Errors);
        if (plan.Errors is not [])
            return response;
        if (!request.DryRun)
        {
            await Manifests.ApplyAsync(plan);
            Notice();
        }

        response.Objects.AddRange(
            plan.Objects.Select(o => new AppliedObject
            {
                Namespace = o.Key.Namespace,
                Name = o.Key.Name,
                Outcome = o.Outcome switch
                {
                    ApplyOutcome.Created => "created",
                    ApplyOutcome.Configured => "configured",
                    _ => "unchanged",
                },
            })
        );
        return response;
    }

    public override async Task<DeleteResponse> Delete(DeleteRequest request, ServerCallContext context)
    {
        VirtualMachineKey key = new(request.Namespace, request.Name);
        bool deleted = await Manifests.DeleteAsync(key);
        if (!deleted && store.Find(key) is null)
            throw NotFound(key);
        Notice();
        if (!deleted && Manifests.Find(key, store.Find(key)?.Source) is { } unreadable)
            throw new RpcException(new Status(StatusCode.FailedPrecondition, $"not deleted: {unreadable.Problem}"));
        return new DeleteResponse();
    }

    public override async Task<SetRunningResponse> SetRunning(SetRunningRequest request, ServerCallContext context)
    {
        VirtualMachineKey key = new(request.Namespace, request.Name);
        if (request.Running && Manifests.Find(key)?.Vm?.Spec.RunStrategy == RunStrategies.Halted)
            throw new RpcException(
                new Status(
                    StatusCode.FailedPrecondition,
                    $"{key}: spec.runStrategy is Halted; set it to Always, or take it out of the manifest"
                )
            );
        bool changed = await Manifests.SetRunningAsync(key, request.Running) ?? throw NotFound(key);
        // A guest that has ended by itself still has running: true; asking again is asking for another run.
        if (request.Running && store.Find(key) is { Run: RunState.Ended } ended)
        {
            await store.SaveAsync(ended with { Run = RunState.NotStarted });
            queue.Enqueue(key);
            changed = true;
        }

        Notice();
        return new SetRunningResponse { Changed = changed };
    }

    public override Task Console(
        IAsyncStreamReader<ConsoleRequest> requestStream,
        IServerStreamWriter<ConsoleResponse> responseStream,
        ServerCallContext context
    ) => console.RunAsync(requestStream, responseStream, Require, context.CancellationToken);

    public override Task<StatusResponse> Status(StatusRequest request, ServerCallContext context) =>
        status.GetAsync(context.CancellationToken);

    public override Task<DiagnoseResponse> Diagnose(DiagnoseRequest request, ServerCallContext context)
    {
        IReadOnlyList<VmRecord> machines =
            request.Names.Count == 0
                ? [.. store.List().Where(record => Matches(record.Vm, request.Namespace, ""))]
                : [.. request.Names.Select(name => Require(new VirtualMachineKey(request.Namespace, name)))];
        return doctor.DiagnoseAsync(machines, context.CancellationToken);
    }

    public override async Task Trace(
        TraceRequest request,
        IServerStreamWriter<TraceEvent> responseStream,
        ServerCallContext context
    )
    {
        VmRecord record = Require(new VirtualMachineKey(request.Namespace, request.Name));
        IReadOnlyList<VnicNames> vnics = TracedVnics.Of(record, request.Vnic);
        IAsyncEnumerable<TraceLine> lines = tracer.Follow(vnics, context.CancellationToken);
        await context.WriteResponseHeadersAsync([]);
        await foreach (TraceLine line in lines)
        {
            TraceEvent happened = new()
            {
                Time = line.Time.ToUnixTimeMilliseconds(),
                Vnic = line.Vnic,
                Protocol = line.Protocol,
                Type = line.Type,
                Text = line.Text,
                Odd = line.IsOdd,
            };
            await responseStream.WriteAsync(happened, context.CancellationToken);
        }
    }

    public override async Task Drain(
        DrainRequest request,
        IServerStreamWriter<DrainProgress> responseStream,
        ServerCallContext context
    )
    {
        reconciler.BeginDrain();
        domainVnics.BeginDrain();
        foreach (VirtualMachineKey key in store.List().Select(r => r.Key).Concat(domainStore.Keys()))
            queue.Enqueue(key);
        HashSet<VirtualMachineKey> reported = [];
        while (true)
        {
            IReadOnlyList<VmRecord> records = store.List();
            foreach (VmRecord record in records.Where(r => Reconciler.IsDrained(r) && reported.Add(r.Key)))
            {
                DrainProgress progress = new()
                {
                    Namespace = record.Key.Namespace,
                    Name = record.Key.Name,
                    Phase = "stopped",
                };
                await responseStream.WriteAsync(progress, context.CancellationToken);
            }

            if (records.All(Reconciler.IsDrained) && attachments.List() is { Count: 0 })
                return;
            await Task.Delay(s_drainPoll, context.CancellationToken);
        }
    }

    /// <summary>The directory has changed: no need to wait for inotify to say so.</summary>
    private void Notice()
    {
        foreach (VirtualMachineKey key in Manifests.Load())
            queue.Enqueue(key);
    }

    private VmRecord Require(VirtualMachineKey key) => store.Find(key) ?? throw NotFound(key);

    private static RpcException NotFound(VirtualMachineKey key) =>
        new(
            new Status(
                StatusCode.NotFound,
                $"virtualmachines.fairlead.dev \"{key.Name}\" not found in namespace {key.Namespace}"
            )
        );

    private static bool Matches(VirtualMachine vm, string vmNamespace, string name) =>
        (vmNamespace.Length == 0 || vm.Metadata.Namespace == vmNamespace)
        && (name.Length == 0 || vm.Metadata.Name == name);

    private static VnicPath PathOf(AttachmentRecord attachment)
    {
        VnicNames names = attachment.Names;
        VnicPath path = new()
        {
            Vnic = attachment.Vnic,
            Network = attachment.Network ?? "",
            VmiInterface = names.VmInterface,
            Bridge = names.Bridge,
            LibvirtNetwork = names.LibvirtNetwork,
            Tap = names.Tap,
            Mac = attachment.Endpoint?.Mac.ToString() ?? "",
            Gateway = attachment.Endpoint?.Gateway?.ToString() ?? "",
            Mtu = (uint)(attachment.Endpoint?.MtuBytes ?? 0),
        };
        path.Addresses.AddRange(attachment.Endpoint?.Addresses.Select(a => a.ToString()) ?? []);
        path.SetUp.AddRange(attachment.SetUp.Select(MessageOf));
        return path;
    }

    private static V1.StepDuration MessageOf(Fairlead.Vmi.StepDuration step) =>
        new() { Step = step.Step, Seconds = step.Duration.TotalSeconds };
}
