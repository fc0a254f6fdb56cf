using Fairlead.Controller.Objects;
using Fairlead.Controller.Placement;

namespace Fairlead.Controller.Tests;

/// <summary>A virtual machine's life in which everybody acts at random; agents hold what they have begun until they release it.</summary>
internal sealed class History(Random random)
{
    private const int Steps = 200;

    private readonly HashSet<string> _held = [];
    private VirtualMachineView _vm = Sample.Vm(spec: new VmSpec { RunStrategy = "Always" });
    private PodView? _launcher;
    private int _launchers;

    public void Run()
    {
        for (int i = 0; i < Steps; i++)
            Act(random.Next(6));
        _vm = _vm.Deleting();
        for (int i = 0; i < Steps && _vm.HasFinalizer; i++)
            Act(i % 3); // everybody does their duty, nobody disturbs
        Assert.False(_vm.HasFinalizer, $"not gone: {_vm.Status}");
        Assert.Empty(_held);
    }

    private void Act(int what)
    {
        switch (what)
        {
            case 0:
                Apply(PlacementDecision.Next(_vm, _launcher, NodeState.Present));
                break;
            case 1:
                if (_launcher is { Spec.NodeName: null } unscheduled)
                    _launcher = unscheduled with { Spec = new PodViewSpec { NodeName = $"n{random.Next(3)}" } };
                else if (_launcher is { IsDeleting: true })
                    _launcher = null;
                break;
            case 2:
                BeAgent();
                break;
            case 3 when _launcher is not null:
                _launcher = _launcher.Deleting(); // drain, eviction
                break;
            case 4 when _held.Count > 0:
                Release(); // the guest ends by itself
                break;
        }
    }

    private void BeAgent()
    {
        if (_vm.Status.Placement is not { } placement || _vm.IsReleased)
            return;
        if (placement.Stop is not null || _vm.IsDeleting)
            Release();
        else
            _held.Add(placement.Id);
        Assert.True(_held.Count <= 1, "two copies");
    }

    private void Release()
    {
        _held.Remove(_vm.Status.Placement!.Id);
        _vm = _vm with { Status = _vm.Status with { Released = _vm.Status.Placement.Id } };
    }

    private void Apply(PlacementStep step)
    {
        switch (step)
        {
            case PlacementStep.CreateLauncher:
                Assert.Null(_launcher);
                _launcher = Sample.Launcher(uid: $"pod-{++_launchers}");
                break;
            case PlacementStep.DeleteLauncher:
                _launcher = null;
                break;
            case PlacementStep.Place place:
                Assert.Empty(_held);
                _vm = Status(_vm.Status with { Node = place.Node, Placement = new VmPlacement(place.Id, Stop: null) });
                break;
            case PlacementStep.RequestStop stop:
                _vm = Status(_vm.Status with { Placement = _vm.Status.Placement! with { Stop = stop.Why } });
                break;
            case PlacementStep.ClearPlacement:
                Assert.Empty(_held);
                _vm = Status(_vm.Status with { Node = null, Placement = null });
                break;
            case PlacementStep.RemoveFinalizer:
                Assert.Empty(_held);
                _vm = _vm with { Metadata = _vm.Metadata with { Finalizers = [] } };
                break;
        }
    }

    private VirtualMachineView Status(VmStatus status) => _vm with { Status = status };
}
