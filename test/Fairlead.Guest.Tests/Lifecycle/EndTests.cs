using Fairlead.Crds;
using Fairlead.Guest.Tests.Fixture;
using Fairlead.Libvirt;

namespace Fairlead.Guest.Tests.Lifecycle;

/// <summary>However a machine ends, its status says how and everything that it held is released.</summary>
public sealed class EndTests(GuestEnvironment environment) : GuestTest(environment)
{
    [Fact]
    public async Task GuestPowersOff_Succeeded_EverythingIsReleased()
    {
        GuestMachine machine = NewMachine("poweroff");
        Footprint before = await Footprint.OfResourcesAsync(Environment);
        await machine.ApplyAsync();
        await machine.WaitForGuestAsync();

        await using (GuestConsole console = await machine.OpenConsoleAsync())
        {
            await console.TypeAsync("poweroff -f\n");
            await AssertEndedAsync(machine, VirtualMachinePhase.Succeeded, "GuestPoweredOff");
        }
        await before.RestoredAsync();
    }

    [Fact]
    public async Task DomainDestroyed_Succeeded_EverythingIsReleased()
    {
        GuestMachine machine = NewMachine("destroyed");
        Footprint before = await Footprint.OfResourcesAsync(Environment);
        await machine.ApplyAsync();
        await machine.WaitForPhaseAsync(VirtualMachinePhase.Running);

        await using (LibvirtConnection libvirt = await Environment.ConnectToLibvirtAsync())
        {
            Domain? domain = await libvirt.FindDomainAsync("default_destroyed", TestContext.Current.CancellationToken);
            await domain!.DestroyAsync(cancellationToken: TestContext.Current.CancellationToken);
        }

        await AssertEndedAsync(machine, VirtualMachinePhase.Succeeded, "Destroyed");
        await before.RestoredAsync();
    }

    [Fact]
    public async Task QemuKilled_Failed_EverythingIsReleased()
    {
        GuestMachine machine = NewMachine("killed");
        Footprint before = await Footprint.OfResourcesAsync(Environment);
        await machine.ApplyAsync();
        await machine.WaitForPhaseAsync(VirtualMachinePhase.Running);

        await Environment.KillByPidFileAsync("/run/fairlead/libvirt/qemu/default_killed.pid");

        await AssertEndedAsync(machine, VirtualMachinePhase.Failed, "GuestCrashed");
        await before.RestoredAsync();
    }

    [Fact]
    public async Task StoppedAndStarted_IsReleasedMeanwhile_AndTheSameMachineAfterwards()
    {
        GuestMachine machine = NewMachine("restarted");
        Footprint before = await Footprint.OfResourcesAsync(Environment);
        await machine.ApplyAsync();
        VirtualMachine first = await machine.WaitForGuestAsync();

        await Environment.FairleadAsync("stop", machine.Name, "--wait");

        await AssertEndedAsync(machine, VirtualMachinePhase.Succeeded, "Stopped");
        await before.RestoredAsync();
        await Environment.FairleadAsync("start", machine.Name, "--wait");
        VirtualMachine second = await machine.WaitForGuestAsync();
        Assert.Equal(first.Metadata.Uid, second.Metadata.Uid);
        Assert.Equal(first.Status!.Interfaces[0].PodInterfaceName, second.Status!.Interfaces[0].PodInterfaceName);
    }

    private static async Task AssertEndedAsync(GuestMachine machine, VirtualMachinePhase phase, string reason)
    {
        VirtualMachine vm = await machine.WaitForPhaseAsync(phase);
        VirtualMachineCondition ready = Assert.Single(vm.Status!.Conditions, c => c.Type == "Ready");
        Assert.Equal((ConditionStatus.False, reason), (ready.Status, ready.Reason));
        Assert.Empty(vm.Status.Interfaces);
    }
}
