using Fairlead.Crds;
using Fairlead.Guest.Tests.Fixture;
using Fairlead.Libvirt;

namespace Fairlead.Guest.Tests.Lifecycle;

/// <summary>What a guest may do or suffer without ending keeps its network; a crash releases it.</summary>
public sealed class RebootTests(GuestEnvironment environment) : GuestTest(environment)
{
    [Fact]
    public async Task PausedResetRebooted_KeepsAddressAndMac_ThenPanics_FailedAndReleased()
    {
        Footprint before = await Footprint.OfResourcesAsync(Environment);
        GuestMachine machine = NewMachine("rebooter");
        await machine.ApplyAsync();
        InterfaceStatus first = (await machine.WaitForGuestAsync()).Status!.Interfaces[0];
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        await using LibvirtConnection libvirt = await Environment.ConnectToLibvirtAsync();
        Domain domain = (await libvirt.FindDomainAsync("default_rebooter", cancellationToken))!;

        await domain.SuspendAsync(cancellationToken);
        await machine.WaitForAsync(
            vm => vm.Status!.Conditions.Single(c => c.Type == "Ready").Message == "the domain is paused",
            "the status says that it is paused"
        );
        await domain.ResumeAsync(cancellationToken);
        await AssertSameAsync();

        await using (GuestConsole console = await machine.OpenConsoleAsync())
        {
            await RebootAsync(console, () => domain.ResetAsync(cancellationToken));
            await RebootAsync(console, () => console.TypeAsync("reboot -f\n"));

            // The console stays open: what is typed into one that is closed at once comes to nobody.
            await console.RunAsync("true");
            await console.TypeAsync("echo c > /proc/sysrq-trigger\n");
            VirtualMachine crashed = await machine.WaitForPhaseAsync(VirtualMachinePhase.Failed);
            Assert.Equal("GuestCrashed", crashed.Status!.Conditions.Single(c => c.Type == "Ready").Reason);
        }

        await before.RestoredAsync();

        async Task RebootAsync(GuestConsole console, Func<Task> reboot)
        {
            await console.RunAsync("true");
            int from = console.Position;
            await reboot();
            await console.WaitForTextAsync("FAIRLEAD-GUEST READY", from);
            await AssertSameAsync();
        }

        async Task AssertSameAsync()
        {
            InterfaceStatus now = (await machine.WaitForGuestAsync()).Status!.Interfaces[0];
            Assert.Equal((first.IpAddress, first.Mac), (now.IpAddress, now.Mac));
            await machine.WaitForAsync(
                vm => vm.Status!.Conditions.Single(c => c.Type == "Ready").Status == ConditionStatus.True,
                "the machine is Ready"
            );
        }
    }
}
