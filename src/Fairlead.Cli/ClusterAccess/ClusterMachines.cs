using System.Text.Json.Nodes;
using System.Threading.Channels;
using Fairlead.Agent.Kubernetes;
using Fairlead.Agent.V1;
using Fairlead.Crds;
using Fairlead.Kubernetes;
using Grpc.Core;
using WatchEvent = Fairlead.Agent.V1.WatchEvent;
using WriteOptions = Fairlead.Kubernetes.WriteOptions;

namespace Fairlead.Cli.ClusterAccess;

/// <summary>
/// What an agent is asked of its machines, answered by the API server: the commands need not know the difference. What only a
/// node knows, <see cref="NodeExec"/> asks there.
/// </summary>
internal sealed class ClusterMachines(KubernetesClient client) : VirtualMachines.VirtualMachinesClient
{
    /// <summary>On a VM whose guest has ended: when somebody asked for another run.</summary>
    public const string StartAnnotation = "fairlead.dev/start";

    private static readonly WriteOptions s_write = new() { FieldManager = "fairlead-cli" };

    public override AsyncUnaryCall<ListResponse> ListAsync(ListRequest request, CallOptions options) =>
        Call(ListAsync(request.Namespace, options.CancellationToken));

    public override ListResponse List(ListRequest request, CallOptions options) =>
        ListAsync(request, options).ResponseAsync.GetAwaiter().GetResult();

    public override AsyncUnaryCall<DescribeResponse> DescribeAsync(DescribeRequest request, CallOptions options) =>
        Call(DescribeAsync(new ObjectKey(request.Namespace, request.Name), options.CancellationToken));

    public override AsyncUnaryCall<DeleteResponse> DeleteAsync(DeleteRequest request, CallOptions options) =>
        Call(DeleteAsync(new ObjectKey(request.Namespace, request.Name), options.CancellationToken));

    public override AsyncUnaryCall<SetRunningResponse> SetRunningAsync(
        SetRunningRequest request,
        CallOptions options
    ) =>
        Call(
            SetRunningAsync(new ObjectKey(request.Namespace, request.Name), request.Running, options.CancellationToken)
        );

    public override AsyncUnaryCall<ApplyResponse> ApplyAsync(ApplyRequest request, CallOptions options) =>
        Call(Refuse<ApplyResponse>("on a cluster kubectl applies manifests: kubectl apply -f FILE"));

    public override AsyncUnaryCall<StatusResponse> StatusAsync(StatusRequest request, CallOptions options) =>
        Call(
            Refuse<StatusResponse>(
                $"each node of {client.Server} has an agent: kubectl get nodes -L fairlead.dev/agent"
            )
        );

    public override AsyncServerStreamingCall<WatchEvent> Watch(WatchRequest request, CallOptions options)
    {
        Channel<WatchEvent> events = Channel.CreateUnbounded<WatchEvent>();
        Selection selection = new()
        {
            Namespace = request.Namespace is "" ? null : request.Namespace,
            FieldSelector = request.Name is "" ? null : $"metadata.name={request.Name}",
        };
        Informer<VirtualMachine> informer = new(client, VirtualMachineResource.Type, selection)
        {
            OnChange = change => events.Writer.TryWrite(EventOf(change)),
        };
        _ = informer
            .RunAsync(options.CancellationToken)
            .ContinueWith(ended => events.Writer.TryComplete(ended.Exception), TaskScheduler.Default);
        return new AsyncServerStreamingCall<WatchEvent>(
            new ChannelStream<WatchEvent>(events.Reader),
            Task.FromResult(new Metadata()),
            () => Grpc.Core.Status.DefaultSuccess,
            () => [],
            () => { }
        );
    }

    private async Task<ListResponse> ListAsync(string @namespace, CancellationToken cancellationToken)
    {
        Selection selection = new() { Namespace = @namespace is "" ? null : @namespace };
        ResourceList<VirtualMachine> list = await client.ListAsync(
            VirtualMachineResource.Type,
            selection,
            cancellationToken
        );
        ListResponse response = new();
        response.Items.AddRange(
            list.Items.OrderBy(vm => vm.Key.ToString(), StringComparer.Ordinal).Select(ManifestWriter.ToJson)
        );
        return response;
    }

    private async Task<DescribeResponse> DescribeAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        VirtualMachine vm = await client.GetAsync(VirtualMachineResource.Type, key, cancellationToken);
        Selection selection = new() { Namespace = key.Namespace };
        ResourceList<ClusterEvent> events = await client.ListAsync(ClusterEvent.Resource, selection, cancellationToken);
        DescribeResponse response = new() { Item = ManifestWriter.ToJson(vm), Source = client.Server.ToString() };
        response.Events.AddRange(
            events.Items.Where(e => e.Regarding?.Uid == vm.Metadata.Uid).Select(EventOf).OrderBy(e => e.Time)
        );
        return response;
    }

    private async Task<DeleteResponse> DeleteAsync(ObjectKey key, CancellationToken cancellationToken) =>
        await client.DeleteAsync(VirtualMachineResource.Type, key, null, cancellationToken)
            ? new DeleteResponse()
            : throw new RpcException(new Grpc.Core.Status(StatusCode.NotFound, key.ToString()));

    private async Task<SetRunningResponse> SetRunningAsync(
        ObjectKey key,
        bool running,
        CancellationToken cancellationToken
    )
    {
        VirtualMachine vm = await client.GetAsync(VirtualMachineResource.Type, key, cancellationToken);
        if (running && vm.Spec.RunStrategy == RunStrategies.Halted)
            return await Refuse<SetRunningResponse>(
                $"{vm.Key}: spec.runStrategy is Halted; set it to Always, or take it out of the spec"
            );
        if (vm.Spec.Running != running)
            await PatchAsync(key, new JsonObject { ["spec"] = new JsonObject { ["running"] = running } });
        else if (running && vm.Status?.Phase is VirtualMachinePhase.Succeeded or VirtualMachinePhase.Failed)
            await PatchAsync(
                key,
                new JsonObject
                {
                    ["metadata"] = new JsonObject
                    {
                        ["annotations"] = new JsonObject { [StartAnnotation] = DateTimeOffset.UtcNow.ToString("O") },
                    },
                }
            );
        else
            return new SetRunningResponse { Changed = false };
        return new SetRunningResponse { Changed = true };

        Task PatchAsync(ObjectKey of, JsonObject patch) =>
            client.MergePatchAsync(VirtualMachineResource.Type, of, patch, s_write, cancellationToken);
    }

    private static WatchEvent EventOf(InformerChange<VirtualMachine> change) =>
        new()
        {
            Type = change.Type switch
            {
                InformerChangeType.Added => WatchEvent.Types.Type.Added,
                InformerChangeType.Deleted => WatchEvent.Types.Type.Deleted,
                _ => WatchEvent.Types.Type.Modified,
            },
            Item = ManifestWriter.ToJson(change.Object),
        };

    private static Event EventOf(ClusterEvent happened) =>
        new()
        {
            Time = (happened.Series?.LastObservedTime ?? happened.EventTime ?? happened.Metadata.CreationTimestamp)
                .GetValueOrDefault()
                .ToUnixTimeSeconds(),
            Type = happened.Type ?? "Normal",
            Reason = happened.Reason ?? "",
            Message = happened.Note ?? "",
            Count = happened.Series?.Count ?? 1,
        };

    private static AsyncUnaryCall<T> Call<T>(Task<T> answer) =>
        new(
            TranslateAsync(answer),
            Task.FromResult(new Metadata()),
            () => Grpc.Core.Status.DefaultSuccess,
            () => [],
            () => { }
        );

    private static async Task<T> TranslateAsync<T>(Task<T> answer)
    {
        try
        {
            return await answer;
        }
        catch (KubernetesException e)
        {
            StatusCode code = e.IsNotFound ? StatusCode.NotFound : StatusCode.FailedPrecondition;
            throw new RpcException(new Grpc.Core.Status(code, e.Message));
        }
    }

    private static Task<T> Refuse<T>(string message) =>
        Task.FromException<T>(new RpcException(new Grpc.Core.Status(StatusCode.FailedPrecondition, message)));

    private sealed class ChannelStream<T>(ChannelReader<T> reader) : IAsyncStreamReader<T>
        where T : class
    {
        public T Current { get; private set; } = null!;

        public async Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            if (!await reader.WaitToReadAsync(cancellationToken) || !reader.TryRead(out T? next))
                return false;
            Current = next;
            return true;
        }
    }
}
