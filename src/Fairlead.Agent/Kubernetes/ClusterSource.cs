using System.Text.Json.Nodes;
using Fairlead.Agent.Reconciling;
using Fairlead.Crds;
using Fairlead.Kubernetes;
using Microsoft.Extensions.Logging;

namespace Fairlead.Agent.Kubernetes;

/// <summary>
/// Desired state from the Kubernetes API: the VMs whose status.node is this node. Until the first list, and for as long as
/// the API server is away, everything goes on as it was last accepted.
/// </summary>
internal sealed partial class ClusterSource(
    KubernetesClient client,
    AgentOptions options,
    VmStore store,
    ILogger<ClusterSource> logger
) : IVmSource
{
    private const string SourceName = "kubernetes";

    private Informer<VirtualMachine>? _informer;
    private bool _toldSynced;

    public SourceState State =>
        new(
            "kubernetes",
            _informer is { Problem: null },
            _informer?.Problem is { } problem
                ? $"{client.Server}: {problem}"
                : $"{client.Server}: {_informer?.Count ?? 0} VM(s) of node {options.NodeName}"
        );

    public IEnumerable<VirtualMachineKey> Keys => _informer?.Items.Select(vm => vm.Key) ?? [];

    /// <summary>Whoever wants to know of changes, besides the reconciler.</summary>
    public Action<VirtualMachineKey>? Seen { get; set; }

    /// <summary>The object as last seen, whether it is going or not.</summary>
    public VirtualMachine? Peek(VirtualMachineKey key) => _informer?.Find(VirtualMachineResource.KeyOf(key));

    public DesiredVm? Find(VirtualMachineKey key, VmRecord? last)
    {
        if (_informer is not { HasSynced: true })
            return last is null ? null : new DesiredVm(Unchanged(last), SourceName, 0, null);
        VirtualMachine? vm = Peek(key);
        if (vm is null || vm.Metadata.DeletionTimestamp is not null)
            return null;
        IReadOnlyList<ValidationError> errors = VirtualMachineValidator.Validate(vm);
        return errors is []
            ? new DesiredVm(vm, SourceName, 0, null)
            : new DesiredVm(null, SourceName, 0, string.Join("; ", errors));
    }

    public async Task WatchAsync(
        Action<IReadOnlyCollection<VirtualMachineKey>> changed,
        CancellationToken cancellationToken
    )
    {
        _informer = new Informer<VirtualMachine>(
            client,
            VirtualMachineResource.Type,
            new Selection { FieldSelector = $"status.node={options.NodeName}" }
        )
        {
            OnChange = change =>
            {
                VirtualMachineKey key = change.Object.Key;
                changed([key]);
                Seen?.Invoke(key);
            },
        };
        changed([]); // what is remembered may be looked after before the API server answers
        Task running = _informer.RunAsync(cancellationToken);
        await Task.WhenAny(running, _informer.WaitForSyncAsync(cancellationToken));
        // What went while nobody looked is in the records only.
        _toldSynced = true;
        changed([.. store.List().Select(record => record.Key)]);
        await running;
    }

    /// <summary>Sets the finalizer, unless the object has it, and fails if the object is not the one that was seen.</summary>
    public async Task HoldAsync(VirtualMachine vm, CancellationToken cancellationToken)
    {
        if (
            !_toldSynced
            || Peek(vm.Key) is not { } seen
            || seen.Metadata.Finalizers.Contains(VirtualMachineResource.Finalizer)
        )
            return;
        await PatchFinalizersAsync(
            seen,
            [.. seen.Metadata.Finalizers, VirtualMachineResource.Finalizer],
            cancellationToken
        );
    }

    public async Task ReleasedAsync(VirtualMachineKey key, string? uid, CancellationToken cancellationToken)
    {
        if (_informer is not { HasSynced: true })
            return;
        VirtualMachine? vm = await client.FindAsync(
            VirtualMachineResource.Type,
            VirtualMachineResource.KeyOf(key),
            cancellationToken
        );
        bool isOurs = vm is not null && (uid is null || vm.Metadata.Uid == uid) && vm.Status?.Node == options.NodeName;
        if (
            !isOurs
            || vm!.Metadata.DeletionTimestamp is null
            || !vm.Metadata.Finalizers.Contains(VirtualMachineResource.Finalizer)
        )
            return;
        await PatchFinalizersAsync(
            vm,
            [.. vm.Metadata.Finalizers.Where(f => f != VirtualMachineResource.Finalizer)],
            cancellationToken
        );
        LogReleased(logger, key.ToString());
    }

    // The resource version in it makes the patch fail when anybody else has changed the list meanwhile.
    private Task PatchFinalizersAsync(
        VirtualMachine vm,
        IReadOnlyList<string> finalizers,
        CancellationToken cancellationToken
    ) =>
        client.MergePatchAsync(
            VirtualMachineResource.Type,
            VirtualMachineResource.KeyOf(vm.Key),
            new JsonObject
            {
                ["metadata"] = new JsonObject
                {
                    ["resourceVersion"] = vm.Metadata.ResourceVersion,
                    ["finalizers"] = new JsonArray([.. finalizers.Select(f => (JsonNode)f)]),
                },
            },
            new WriteOptions { FieldManager = VirtualMachineResource.FieldManager },
            cancellationToken
        );

    /// <summary>The object as it was accepted last; what the reconciler compares is the same.</summary>
    private static VirtualMachine Unchanged(VmRecord last) => last.Vm with { Status = null };

    [LoggerMessage(EventId = 240, Level = LogLevel.Information, Message = "{Vm}: released, its finalizer is removed")]
    private static partial void LogReleased(ILogger logger, string vm);
}
