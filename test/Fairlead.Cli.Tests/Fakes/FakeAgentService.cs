using Fairlead.Agent.V1;
using Fairlead.Crds;
using Google.Protobuf;
using Grpc.Core;

namespace Fairlead.Cli.Tests.Fakes;

/// <summary>The calls of agent.proto over <see cref="FakeMachines"/>.</summary>
internal sealed class FakeAgentService(FakeMachines machines) : VirtualMachines.VirtualMachinesBase
{
    public override Task<ListResponse> List(ListRequest request, ServerCallContext context)
    {
        FailIfWanted();
        ListResponse response = new();
        response.Items.AddRange(
            machines
                .List()
                .Where(vm => request.Namespace is "" || vm.Metadata.Namespace == request.Namespace)
                .Select(ManifestWriter.ToJson)
        );
        return Task.FromResult(response);
    }

    public override async Task Watch(
        WatchRequest request,
        IServerStreamWriter<WatchEvent> responseStream,
        ServerCallContext context
    )
    {
        await foreach (WatchEvent change in machines.Watch().ReadAllAsync(context.CancellationToken))
        {
            VirtualMachine vm = AgentAccess.ListedVirtualMachine.Read(change.Item).Object;
            if (request.Namespace is "" || vm.Metadata.Namespace == request.Namespace)
                await responseStream.WriteAsync(change, context.CancellationToken);
        }
    }

    public override Task<DescribeResponse> Describe(DescribeRequest request, ServerCallContext context)
    {
        FailIfWanted();
        VirtualMachine vm = machines.Find(request.Namespace, request.Name) ?? throw NotFound(request.Name);
        DescribeResponse response = machines.Description.Clone();
        response.Item = ManifestWriter.ToJson(vm);
        return Task.FromResult(response);
    }

    public override Task<ApplyResponse> Apply(ApplyRequest request, ServerCallContext context)
    {
        FailIfWanted();
        machines.Applied.Enqueue(request);
        ApplyResponse response = new();
        response.Errors.AddRange(machines.ApplyErrors(request));
        ManifestFile file = ManifestReader.Read(request.Manifest, request.Source);
        response.Errors.AddRange(file.AllErrors.Select(error => error.ToString()));
        if (response.Errors.Count > 0)
            return Task.FromResult(response);
        foreach (VirtualMachine vm in file.Documents.Select(document => document.VirtualMachine!))
        {
            VirtualMachine? old = machines.Find(vm.Metadata.Namespace, vm.Metadata.Name);
            response.Objects.Add(
                new AppliedObject
                {
                    Namespace = vm.Metadata.Namespace,
                    Name = vm.Metadata.Name,
                    Outcome =
                        old is null ? "created"
                        : SpecDigest.Of(old) == SpecDigest.Of(vm) ? "unchanged"
                        : "configured",
                }
            );
            if (!request.DryRun)
                machines.Put(vm);
        }
        return Task.FromResult(response);
    }

    public override Task<DeleteResponse> Delete(DeleteRequest request, ServerCallContext context)
    {
        FailIfWanted();
        VirtualMachine vm = machines.Find(request.Namespace, request.Name) ?? throw NotFound(request.Name);
        machines.Doomed.TrySetResult();
        if (machines.TearDown == TimeSpan.Zero)
            machines.Remove(vm.Key);
        else
            _ = RemoveLaterAsync(vm.Key);
        return Task.FromResult(new DeleteResponse());
    }

    public override Task<SetRunningResponse> SetRunning(SetRunningRequest request, ServerCallContext context)
    {
        FailIfWanted();
        machines.Switched.Enqueue(request);
        VirtualMachine vm = machines.Find(request.Namespace, request.Name) ?? throw NotFound(request.Name);
        bool changed = vm.Spec.Running != request.Running;
        VirtualMachinePhase phase = request.Running ? VirtualMachinePhase.Running : VirtualMachinePhase.Succeeded;
        machines.Put(
            vm with
            {
                Spec = vm.Spec with { Running = request.Running },
                Status = (vm.Status ?? new VirtualMachineStatus()) with { Phase = phase },
            }
        );
        return Task.FromResult(new SetRunningResponse { Changed = changed });
    }

    public override async Task Console(
        IAsyncStreamReader<ConsoleRequest> requestStream,
        IServerStreamWriter<ConsoleResponse> responseStream,
        ServerCallContext context
    )
    {
        FailIfWanted();
        await requestStream.MoveNext(context.CancellationToken);
        ConsoleTarget target = requestStream.Current.Target;
        machines.Consoles.Enqueue(target);
        if (machines.Find(target.Namespace, target.Name) is null)
            throw NotFound(target.Name);
        while (await requestStream.MoveNext(context.CancellationToken))
        {
            if (machines.Guest(requestStream.Current.Input.ToStringUtf8()) is not { } answer)
                return;
            await responseStream.WriteAsync(
                new ConsoleResponse { Output = ByteString.CopyFromUtf8(answer) },
                context.CancellationToken
            );
        }
    }

    public override Task<StatusResponse> Status(StatusRequest request, ServerCallContext context)
    {
        FailIfWanted();
        return Task.FromResult(new StatusResponse { Version = "9.9.9+abc", Node = "node1" });
    }

    public override Task<DiagnoseResponse> Diagnose(DiagnoseRequest request, ServerCallContext context)
    {
        FailIfWanted();
        machines.Diagnosed.Enqueue(request);
        foreach (string name in request.Names.Where(name => machines.Find(request.Namespace, name) is null))
            throw NotFound(name);
        return Task.FromResult(machines.Diagnosis);
    }

    public override async Task Trace(
        TraceRequest request,
        IServerStreamWriter<TraceEvent> responseStream,
        ServerCallContext context
    )
    {
        FailIfWanted();
        machines.Traces.Enqueue(request);
        if (machines.Find(request.Namespace, request.Name) is null)
            throw NotFound(request.Name);
        foreach (TraceEvent happened in machines.Traced)
            await responseStream.WriteAsync(happened, context.CancellationToken);
    }

    private async Task RemoveLaterAsync(VirtualMachineKey key)
    {
        await Task.Delay(machines.TearDown, machines.End).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        machines.Remove(key);
    }

    private void FailIfWanted()
    {
        if (machines.Failure is { } failure)
            throw failure;
    }

    private static RpcException NotFound(string name) =>
        new(new Status(StatusCode.NotFound, $"virtualmachines.fairlead.dev \"{name}\" not found in namespace default"));
}
