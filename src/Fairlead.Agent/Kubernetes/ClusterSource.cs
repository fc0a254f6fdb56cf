using Fairlead.Agent.Reconciling;
using Fairlead.Crds;
using Fairlead.Kubernetes;

namespace Fairlead.Agent.Kubernetes;

/// <summary>
/// Desired state from the Kubernetes API: the VMs whose status.node is this node, each by its placement. While the API server
/// is away everything goes on as it was, and nothing is started: the machine may have been placed elsewhere meanwhile.
/// </summary>
internal sealed class ClusterSource(KubernetesClient client, AgentOptions options, VmStore store) : IVmSource
{
    private const string SourceName = "kubernetes";

    private Informer<VirtualMachine>? _informer;

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
        if (_informer is not { HasSynced: true } informer)
            return last is null ? null : AsItWas(last);
        if (Peek(key) is not { Status.Placement: { } placement } vm)
            return null;
        IReadOnlyList<ValidationError> errors = VirtualMachineValidator.Validate(vm);
        return new DesiredVm(errors is [] ? vm : null, SourceName, 0, errors is [] ? null : string.Join("; ", errors))
        {
            Metadata = vm.Metadata,
            Placement = placement.Id,
            Stop =
                placement.Stop
                ?? (vm.Metadata.DeletionTimestamp is not null ? "it is being deleted" : null)
                ?? (vm.Status.Released == placement.Id ? "its placement is over" : null),
            MayStart = informer.Problem is null,
        };
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
        changed([.. store.List().Select(record => record.Key)]);
        await running;
    }

    // Nobody has said that the machine is still wanted here: it runs if it runs.
    private static DesiredVm AsItWas(VmRecord last) =>
        new(last.Vm with { Status = null }, SourceName, 0, null)
        {
            Metadata = last.Vm.Metadata,
            Placement = last.Placement,
            MayStart = false,
        };
}
