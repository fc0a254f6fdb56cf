using Fairlead.Controller.Objects;
using Fairlead.Controller.Placement;

namespace Fairlead.Controller.Tests;

public sealed class PlacementDecisionTests
{
    [Fact]
    public void NewVm_FinalizerThenLauncherThenPlaceThenNothing()
    {
        VirtualMachineView fresh = Sample.Vm();
        VirtualMachineView bare = fresh with { Metadata = fresh.Metadata with { Finalizers = null } };

        Assert.IsType<PlacementStep.AddFinalizer>(Next(bare, launcher: null));
        Assert.IsType<PlacementStep.CreateLauncher>(Next(fresh, launcher: null));
        Assert.IsType<PlacementStep.Wait>(Next(fresh, Sample.Launcher()));
        Assert.Equal(new PlacementStep.Place("worker", "pod-1"), Next(fresh, Sample.Launcher("worker")));
        Assert.IsType<PlacementStep.Wait>(Next(Sample.Vm(Sample.Placed()), Sample.Launcher("worker")));
    }

    [Fact]
    public void LauncherGoneOrGoingOrEvictedOrAnother_AgentIsAskedToStop()
    {
        VirtualMachineView placed = Sample.Vm(Sample.Placed());
        PodView evicted = Sample.Launcher("worker") with { Status = new PodViewStatus { Phase = "Failed" } };

        foreach (
            PodView? launcher in (PodView?[])
                [null, Sample.Launcher("worker").Deleting(), evicted, Sample.Launcher("worker", "pod-2")]
        )
            Assert.IsType<PlacementStep.RequestStop>(Next(placed, launcher));
    }

    [Fact]
    public void AskedToStop_NothingUntilTheAgentHasReleased()
    {
        VirtualMachineView stopping = Sample.Vm(Sample.Placed(stop: "evicted"));
        VirtualMachineView earlier = Sample.Vm(Sample.Placed(stop: "evicted", released: "pod-0"));
        VirtualMachineView released = Sample.Vm(Sample.Placed(stop: "evicted", released: "pod-1"));

        Assert.IsType<PlacementStep.Wait>(Next(stopping, launcher: null));
        Assert.IsType<PlacementStep.Wait>(Next(earlier, launcher: null));
        Assert.IsType<PlacementStep.ClearPlacement>(Next(released, launcher: null));
    }

    [Fact]
    public void Released_TheOldLauncherIsNeverUsedAgain()
    {
        VirtualMachineView vm = Sample.Vm(new VmStatus { Released = "pod-1" });

        Assert.IsType<PlacementStep.DeleteLauncher>(Next(vm, Sample.Launcher("worker")));
        Assert.IsType<PlacementStep.Place>(Next(vm, Sample.Launcher("other", "pod-2")));
    }

    [Fact]
    public void NodeGone_LostAndFree_ButASilentNodeKeepsIt()
    {
        VirtualMachineView placed = Sample.Vm(Sample.Placed());

        Assert.True(
            Assert
                .IsType<PlacementStep.ClearPlacement>(PlacementDecision.Next(placed, launcher: null, NodeState.Gone))
                .IsLost
        );
        Assert.IsType<PlacementStep.RequestStop>(Next(placed, launcher: null));
    }

    [Fact]
    public void Deleted_StopThenLauncherThenFinalizer()
    {
        VirtualMachineView placed = Sample.Vm(Sample.Placed()).Deleting();
        VirtualMachineView unplaced = Sample.Vm().Deleting();

        Assert.IsType<PlacementStep.RequestStop>(Next(placed, Sample.Launcher("worker")));
        Assert.IsType<PlacementStep.DeleteLauncher>(Next(unplaced, Sample.Launcher("worker")));
        Assert.IsType<PlacementStep.Wait>(Next(unplaced, Sample.Launcher("worker").Deleting(grace: 0)));
        Assert.IsType<PlacementStep.RemoveFinalizer>(Next(unplaced, launcher: null));
    }

    [Fact]
    public void LauncherOfAnEarlierVmOfTheName_GoesFirst() =>
        Assert.IsType<PlacementStep.DeleteLauncher>(Next(Sample.Vm(), Sample.Launcher("worker", ownerUid: "vm-0")));

    [Theory]
    [InlineData("Always", "Succeeded", true)]
    [InlineData("Always", "Failed", true)]
    [InlineData("RerunOnFailure", "Failed", true)]
    [InlineData("RerunOnFailure", "Succeeded", false)]
    [InlineData("Halted", "Running", false)]
    [InlineData(null, "Succeeded", false)]
    [InlineData(null, "Running", true)]
    public void Strategy_SaysWhetherItRunsAgain(string? strategy, string phase, bool expected)
    {
        VmStatus status = new() { Phase = phase, ObservedGeneration = 1 };

        Assert.Equal(expected, Sample.Vm(status, new VmSpec { RunStrategy = strategy }).WantsToRun);
    }

    [Fact]
    public void AnotherSpec_StartsWhatHasEnded()
    {
        VmStatus ended = new() { Phase = "Succeeded", ObservedGeneration = 0 };

        Assert.True(Sample.Vm(ended).WantsToRun);
        Assert.False(Sample.Vm(ended, new VmSpec { Running = false }).WantsToRun);
    }

    /// <summary>Every order in which launcher, agent, user and node may come: no placement is given while another one is held.</summary>
    [Fact]
    public void RandomHistories_NeverTwoPlacementsAndAlwaysAnEnd()
    {
        for (int seed = 0; seed < 500; seed++)
            new History(new Random(seed)).Run();
    }

    private static PlacementStep Next(VirtualMachineView vm, PodView? launcher) =>
        PlacementDecision.Next(vm, launcher, NodeState.Present);
}
