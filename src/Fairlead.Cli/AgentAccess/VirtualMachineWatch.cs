using System.Runtime.CompilerServices;
using Fairlead.Agent.V1;
using Fairlead.Crds;
using Grpc.Core;

namespace Fairlead.Cli.AgentAccess;

/// <summary>A change of one virtual machine, its appearance and its end included.</summary>
internal sealed record VirtualMachineChange(ListedVirtualMachine Vm, bool IsDeletion);

/// <summary>The agent's stream of changes, as a query sees it.</summary>
internal static class VirtualMachineWatch
{
    // The present objects come in one go; whoever prints a table wants them together.
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(100);

    /// <summary>The present objects as the first batch, unless there are none; then every change by itself.</summary>
    public static async IAsyncEnumerable<IReadOnlyList<VirtualMachineChange>> ReadAsync(
        AgentConnection agent,
        GetQuery query,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        WatchRequest request = new()
        {
            Namespace = query.Namespace ?? "",
            Name = query.Names is [string onlyName] ? onlyName : "",
        };
        using AsyncServerStreamingCall<WatchEvent> call = agent.Client.Watch(
            request,
            cancellationToken: cancellationToken
        );
        HashSet<VirtualMachineKey> shown = [];
        List<VirtualMachineChange> batch = [];
        bool isFirst = true;
        Task<bool> next = NextAsync(agent, call, cancellationToken);
        while (true)
        {
            if (batch.Count > 0 && !next.IsCompleted)
            {
                Task first = isFirst
                    ? await Task.WhenAny(next, Task.Delay(Quiet, cancellationToken))
                    : Task.CompletedTask;
                if (first != next)
                {
                    yield return batch;
                    batch = [];
                    isFirst = false;
                }
            }
            if (!await next)
                break;
            if (Select(call.ResponseStream.Current, query, shown) is { } change)
                batch.Add(change);
            next = NextAsync(agent, call, cancellationToken);
        }
        if (batch.Count > 0)
            yield return batch;
    }

    private static async Task<bool> NextAsync(
        AgentConnection agent,
        AsyncServerStreamingCall<WatchEvent> call,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await call.ResponseStream.MoveNext(cancellationToken);
        }
        catch (RpcException e)
        {
            throw agent.Translate(e, cancellationToken);
        }
    }

    // An object whose labels no longer match has ended for whoever watches by a selector.
    private static VirtualMachineChange? Select(WatchEvent change, GetQuery query, HashSet<VirtualMachineKey> shown)
    {
        ListedVirtualMachine vm = ListedVirtualMachine.Read(change.Item);
        bool isWanted = change.Type != WatchEvent.Types.Type.Deleted && query.Wants(vm);
        if (isWanted)
            shown.Add(vm.Object.Key);
        else if (!shown.Remove(vm.Object.Key))
            return null;
        return new VirtualMachineChange(vm, IsDeletion: !isWanted);
    }
}
