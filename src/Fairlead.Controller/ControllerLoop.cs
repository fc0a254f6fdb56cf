using System.Net;
using Fairlead.Controller.Nodes;
using Fairlead.Controller.Objects;
using Fairlead.Controller.Placement;
using Fairlead.Controller.Services;
using Fairlead.Kubernetes;
using Microsoft.Extensions.Logging;

namespace Fairlead.Controller;

/// <summary>
/// The leader's work: follows virtual machines, launcher pods, nodes and Services, and takes one step for each at a time.
/// Its memory is the API server; another leader goes on where this one was.
/// </summary>
internal sealed partial class ControllerLoop : IDisposable
{
    // The copy may be behind a write of ours; a refused or useless step is then tried again a moment later.
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_resync = TimeSpan.FromSeconds(60);

    // What breaks a rule of the API breaks it a second later too.
    private static readonly TimeSpan s_refused = TimeSpan.FromSeconds(30);

    private readonly Cluster _cluster;
    private readonly ILogger _logger;
    private readonly EventRecorder _events;
    private readonly Informer<VirtualMachineView> _vms;
    private readonly Informer<PodView> _launchers;
    private readonly Informer<NodeView> _nodes;
    private readonly AgentLeases _agents;
    private readonly Informer<ServiceView> _services;
    private readonly Informer<EndpointSlice> _slices;
    private readonly KeyQueue<ObjectKey> _vmQueue = new();
    private readonly KeyQueue<ObjectKey> _serviceQueue = new();
    private readonly RerunBackoff _reruns = new(TimeProvider.System);

    public ControllerLoop(KubernetesClient client, EventRecorder events, ControllerOptions options, ILogger logger)
    {
        (_events, _logger) = (events, logger);
        _cluster = new Cluster(client, options.LauncherImage, TimeProvider.System);
        _vms = new(client, VirtualMachineView.Resource) { OnChange = change => VmChanged(change.Object) };
        _launchers = new(client, PodView.Resource, new Selection { LabelSelector = Names.LauncherLabel })
        {
            OnChange = change => _vmQueue.Add(VmOf(change.Object)),
        };
        _nodes = new(client, NodeView.Resource) { OnChange = change => NodeChanged(change.Object.Metadata.Name) };
        _agents = new(client, options.Namespace, _nodes, logger) { Changed = NodeChanged };
        _services = new(client, ServiceView.Resource) { OnChange = change => _serviceQueue.Add(change.Object.Key) };
        _slices = new(
            client,
            EndpointSlice.Resource,
            new Selection { LabelSelector = $"{EndpointSlices.ManagedByLabel}={Names.SlicesManager}" }
        )
        {
            OnChange = change => _serviceQueue.Add(ServiceOf(change.Object)),
        };
    }

    /// <summary>Why the copies may be old; null when they are not.</summary>
    public string? Problem =>
        _vms.Problem
        ?? _launchers.Problem
        ?? _nodes.Problem
        ?? _agents.Informer.Problem
        ?? _services.Problem
        ?? _slices.Problem;

    public int Waiting => _vmQueue.Count + _serviceQueue.Count;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Task[] informers =
        [
            _vms.RunAsync(cancellationToken),
            _launchers.RunAsync(cancellationToken),
            _nodes.RunAsync(cancellationToken),
            _agents.Informer.RunAsync(cancellationToken),
            _services.RunAsync(cancellationToken),
            _slices.RunAsync(cancellationToken),
        ];
        // Before all of them are there, what is missing could be taken for gone.
        Task synced = Task.WhenAll(
            _vms.WaitForSyncAsync(cancellationToken),
            _launchers.WaitForSyncAsync(cancellationToken),
            _nodes.WaitForSyncAsync(cancellationToken),
            _agents.Informer.WaitForSyncAsync(cancellationToken),
            _services.WaitForSyncAsync(cancellationToken),
            _slices.WaitForSyncAsync(cancellationToken)
        );
        await Task.WhenAny([synced, .. informers]);
        await Task.WhenAny([
                .. informers,
                WorkAsync(_vmQueue, StepAsync, cancellationToken),
                WorkAsync(_serviceQueue, UpdateSlicesAsync, cancellationToken),
                _agents.RunAsync(cancellationToken),
                ResyncAsync(cancellationToken),
            ])
            .Unwrap();
    }

    public void Dispose()
    {
        _vmQueue.Dispose();
        _serviceQueue.Dispose();
    }

    private async Task WorkAsync(
        KeyQueue<ObjectKey> queue,
        Func<ObjectKey, CancellationToken, Task> work,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            ObjectKey key = await queue.TakeAsync(cancellationToken);
            try
            {
                await work(key, cancellationToken);
            }
            catch (KubernetesException e)
            {
                // A conflict says that somebody was faster, NotFound that it has gone: the watch brings the news.
                if (!e.IsConflict && !e.IsNotFound)
                    LogFailed(_logger, key.ToString(), e.Message);
                TimeSpan delay = e.RetryAfter ?? (IsRefusal(e) ? s_refused : s_retry);
                _ = AddLaterAsync(queue, key, delay, cancellationToken);
            }
        }
    }

    private async Task StepAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (_vms.Find(key) is not { } vm)
            return;
        PodView? launcher = _launchers.Find(Cluster.KeyOfLauncher(vm));
        PlacementStep step = PlacementDecision.Next(vm, launcher, StateOfNode(vm.Status.Node));
        if (step is PlacementStep.Wait)
            return;
        if (step is PlacementStep.CreateLauncher && _reruns.Remaining(vm) is { Ticks: > 0 } pause)
        {
            _ = AddLaterAsync(_vmQueue, key, pause, cancellationToken);
            return;
        }

        try
        {
            await _cluster.TakeAsync(vm, launcher, step, cancellationToken);
        }
        catch (KubernetesException e) when (step is PlacementStep.CreateLauncher && IsRefusal(e))
        {
            _events.Record(ReferenceTo(vm), EventKind.Warning, "LauncherRefused", "Place", e.ServerMessage);
            throw;
        }

        Remember(vm, step);
        Tell(vm, step);
    }

    private void Remember(VirtualMachineView vm, PlacementStep step)
    {
        if (step is PlacementStep.Place)
            _reruns.Placed(vm);
        else if (step is PlacementStep.ClearPlacement)
            _reruns.TakenBack(vm);
        else if (step is PlacementStep.RemoveFinalizer)
            _reruns.Forget(vm);
    }

    private async Task UpdateSlicesAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        ServiceView? service = _services.Find(key);
        IReadOnlyList<EndpointSlice> wanted = service is null
            ? []
            : EndpointSlices.Build(service, _vms.Items, _agents.IsSilent);
        Dictionary<string, EndpointSlice> existing = _slices
            .Items.Where(slice => ServiceOf(slice) == key)
            .ToDictionary(slice => slice.Metadata.Name, StringComparer.Ordinal);
        foreach (EndpointSlice slice in wanted)
        {
            bool same =
                existing.Remove(slice.Metadata.Name, out EndpointSlice? old) && EndpointSlices.IsSame(slice, old);
            if (!same)
                await _cluster.ApplySliceAsync(slice, cancellationToken);
        }

        foreach (EndpointSlice extra in existing.Values)
            await _cluster.DeleteSliceAsync(extra, cancellationToken);
    }

    private NodeState StateOfNode(string? name)
    {
        if (name is null)
            return NodeState.Present;
        NodeView? node = _nodes.Find(ObjectKey.OfCluster(name));
        return node is null || node.Spec.Taints.Any(taint => taint.Key == "node.kubernetes.io/out-of-service")
            ? NodeState.Gone
            : NodeState.Present;
    }

    private void VmChanged(VirtualMachineView vm)
    {
        _vmQueue.Add(vm.Key);
        foreach (ServiceView service in _services.Items)
        {
            if (service.Key.Namespace == vm.Key.Namespace && service.VmSelector is not null)
                _serviceQueue.Add(service.Key);
        }
    }

    private void NodeChanged(string node)
    {
        foreach (VirtualMachineView vm in _vms.Items.Where(vm => vm.Status.Node == node))
            VmChanged(vm);
    }

    private async Task ResyncAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(s_resync, cancellationToken);
            foreach (VirtualMachineView vm in _vms.Items)
                _vmQueue.Add(vm.Key);
            foreach (ServiceView service in _services.Items)
                _serviceQueue.Add(service.Key);
        }
    }

    private void Tell(VirtualMachineView vm, PlacementStep step)
    {
        LogStep(_logger, vm.Key.ToString(), step.ToString());
        (EventKind kind, string reason, string note)? said = step switch
        {
            PlacementStep.Place place => (EventKind.Normal, "Scheduled", $"placed on {place.Node}"),
            PlacementStep.RequestStop stop => (EventKind.Normal, "Stopping", $"on {vm.Status.Node}: {stop.Why}"),
            PlacementStep.ClearPlacement { IsLost: true } lost => (EventKind.Warning, "Lost", lost.Why),
            _ => null,
        };
        if (said is { } it)
            _events.Record(ReferenceTo(vm), it.kind, it.reason, "Place", it.note);
    }

    // An apply is answered with 500 when a field is of the wrong type.
    private static bool IsRefusal(KubernetesException e) =>
        (!e.IsTransient || e.StatusCode == HttpStatusCode.InternalServerError) && !e.IsConflict && !e.IsNotFound;

    private static ObjectReference ReferenceTo(VirtualMachineView vm) =>
        new()
        {
            ApiVersion = VirtualMachineView.Resource.ApiVersion,
            Kind = "VirtualMachine",
            Namespace = vm.Key.Namespace,
            Name = vm.Key.Name,
            Uid = vm.Metadata.Uid,
        };

    private static ObjectKey VmOf(PodView launcher) =>
        new(
            launcher.Metadata.Namespace!,
            launcher.Metadata.OwnerReferences?.FirstOrDefault(o => o.Kind == "VirtualMachine")?.Name ?? ""
        );

    private static ObjectKey ServiceOf(EndpointSlice slice) =>
        new(slice.Metadata.Namespace!, slice.Metadata.Labels?.GetValueOrDefault(EndpointSlices.ServiceLabel) ?? "");

    private static async Task AddLaterAsync(
        KeyQueue<ObjectKey> queue,
        ObjectKey key,
        TimeSpan delay,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await Task.Delay(delay, cancellationToken);
            queue.Add(key);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // It leads no more.
        }
    }

    [LoggerMessage(EventId = 700, Level = LogLevel.Warning, Message = "{Object}: {Message}")]
    private static partial void LogFailed(ILogger logger, string @object, string message);

    [LoggerMessage(EventId = 701, Level = LogLevel.Information, Message = "{Vm}: {Step}")]
    private static partial void LogStep(ILogger logger, string vm, string step);
}
