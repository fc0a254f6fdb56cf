using Fairlead.Controller.Objects;

namespace Fairlead.Controller.Placement;

/// <summary>
/// What is to be done next for a virtual machine. Pure. Never two copies: a placement is given once, by the launcher's UID,
/// and taken back only when the agent has said that nothing of it is left, or when its node is gone for certain.
/// </summary>
/// <remarks>
/// <code>
///             CreateLauncher      Place                RequestStop           ClearPlacement
/// no launcher ------------> Pending -----> placed, runs ----------> stopping --------------> no placement
///                       (kube-scheduler)                     (agent: released = id)
/// </code>
/// </remarks>
internal static class PlacementDecision
{
    public static PlacementStep Next(VirtualMachineView vm, PodView? launcher, NodeState node) =>
        vm.Status.Placement is { } placement
            ? NextOfPlaced(vm, placement, launcher, node)
            : NextOfUnplaced(vm, launcher);

    private static PlacementStep NextOfPlaced(
        VirtualMachineView vm,
        VmPlacement placement,
        PodView? launcher,
        NodeState node
    )
    {
        if (vm.IsReleased)
            return new PlacementStep.ClearPlacement($"nothing of it is left on {vm.Status.Node}", IsLost: false);
        if (node == NodeState.Gone)
            return new PlacementStep.ClearPlacement($"node {vm.Status.Node} is gone", IsLost: true);
        if (placement.Stop is not null)
            return new PlacementStep.Wait($"the agent of {vm.Status.Node} is ending it");
        if (vm.IsDeleting)
            return new PlacementStep.RequestStop("it is being deleted");
        if (!vm.WantsToRun)
            return new PlacementStep.RequestStop("it is not to run");
        bool launcherStands = launcher is { IsDeleting: false, HasEnded: false } && launcher.Uid == placement.Id;
        return launcherStands
            ? new PlacementStep.Wait("it is placed")
            : new PlacementStep.RequestStop("its launcher pod was deleted or evicted");
    }

    private static PlacementStep NextOfUnplaced(VirtualMachineView vm, PodView? launcher)
    {
        if (launcher is not null && !launcher.IsOf(vm))
            return Delete("it belongs to an earlier virtual machine of that name");
        if (vm.IsDeleting)
            return launcher is not null ? Delete("its virtual machine is being deleted")
                : vm.HasFinalizer ? new PlacementStep.RemoveFinalizer()
                : new PlacementStep.Wait("others hold it");
        if (!vm.WantsToRun)
            return launcher is null ? new PlacementStep.Wait("it is not to run") : Delete("it is not to run");
        if (!vm.HasFinalizer)
            return new PlacementStep.AddFinalizer();
        if (launcher is null)
            return new PlacementStep.CreateLauncher();
        if (launcher.IsDeleting || launcher.HasEnded)
            return Delete("it has ended");
        if (launcher.Uid == vm.Status.Released)
            return Delete("its placement is over");
        return launcher.Spec.NodeName is { Length: > 0 } chosen
            ? new PlacementStep.Place(chosen, launcher.Uid)
            : new PlacementStep.Wait("kube-scheduler has found no node yet");

        PlacementStep Delete(string why) =>
            // Deleted already, with no grace: it goes as soon as its kubelet or nobody has anything to say.
            launcher is { Metadata: { DeletionTimestamp: not null, DeletionGracePeriodSeconds: 0 } }
                ? new PlacementStep.Wait("its launcher is going")
                : new PlacementStep.DeleteLauncher(why);
    }
}
