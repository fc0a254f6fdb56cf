using Fairlead.Crds;
using Fairlead.Guest.Tests.Fixture;

namespace Fairlead.Guest.Tests.Lifecycle;

/// <summary>MAC and address of a vNIC over the life of its machine.</summary>
public sealed class IdentityTests(GuestEnvironment environment) : GuestTest(environment)
{
    private const string Reservations = "/var/lib/fairlead/cni/ipam/fairlead";

    [Fact]
    public async Task MacThatTheNetworkChose_IsTheMachinesOwn_OverStopRestartOfTheAgentAndStart()
    {
        GuestMachine machine = NewMachine("kept-mac");
        await machine.ApplyAsync();
        InterfaceStatus first = await VnicAsync(machine);

        await Environment.FairleadAsync("stop", machine.Name, "--wait");
        Assert.Empty((await machine.GetAsync()).Status!.Interfaces);
        Assert.False(File.Exists(ReservationOf(first)));
        await Environment.KillAsync("agent");
        await Environment.UpAsync();
        await Environment.FairleadAsync("start", machine.Name, "--wait");

        InterfaceStatus second = await VnicAsync(machine);
        Assert.Equal(first.Mac, second.Mac);
        await AssertGuestHasAsync(machine, second);
        Assert.DoesNotContain((await machine.GetAsync()).Status!.Conditions, c => c.Type == "IdentityKept");
    }

    [Fact]
    public async Task Retain_StoppedAndStarted_KeepsAddressAndMac_UntilItIsDeleted()
    {
        Footprint before = await Footprint.OfEverythingAsync(Environment);
        GuestMachine machine = NewMachine("retained");
        await machine.ApplyAsync("name: net, addressPolicy: Retain");
        InterfaceStatus first = await VnicAsync(machine);

        await Environment.FairleadAsync("stop", machine.Name, "--wait");
        VirtualMachine stopped = await machine.WaitForPhaseAsync(VirtualMachinePhase.Succeeded);
        Assert.Equal(first.IpAddress, Assert.Single(stopped.Status!.Interfaces).IpAddress);
        Assert.True(File.Exists(ReservationOf(first)));
        await Environment.FairleadAsync("doctor", "vm", machine.Name); // fails if anything is broken
        await Environment.FairleadAsync("start", machine.Name, "--wait");

        InterfaceStatus second = await VnicAsync(machine);
        Assert.Equal((first.IpAddress, first.Mac), (second.IpAddress, second.Mac));
        await AssertGuestHasAsync(machine, second);
        await machine.DeleteAsync();
        await before.RestoredAsync();
    }

    [Fact]
    public async Task FixedAddress_IsTheGuests_AndIsRefusedToASecondMachine()
    {
        Footprint before = await Footprint.OfEverythingAsync(Environment);
        GuestMachine machine = NewMachine("fixed");
        GuestMachine second = NewMachine("too-late");
        await machine.ApplyAsync("name: net, ip: {address: 10.88.77.7}");
        InterfaceStatus vnic = await VnicAsync(machine);
        Assert.Equal("10.88.77.7", vnic.IpAddress);
        await AssertGuestHasAsync(machine, vnic);

        await second.ApplyAsync("name: net, ip: {address: 10.88.77.7}");
        VirtualMachine refused = await second.WaitForAsync(
            vm => vm.Status?.Conditions.Any(c => c is { Type: "NetworkReady", Status: ConditionStatus.False }) == true,
            "the condition says why"
        );
        Assert.Contains(
            "10.88.77.7",
            refused.Status!.Conditions.Single(c => c.Type == "NetworkReady").Message,
            StringComparison.Ordinal
        );

        await machine.DeleteAsync();
        await second.DeleteAsync();
        await before.RestoredAsync();
    }

    private string ReservationOf(InterfaceStatus vnic) => Environment.Node.HostPath($"{Reservations}/{vnic.IpAddress}");

    private static async Task<InterfaceStatus> VnicAsync(GuestMachine machine) =>
        Assert.Single((await machine.WaitForGuestAsync()).Status!.Interfaces);

    private static async Task AssertGuestHasAsync(GuestMachine machine, InterfaceStatus vnic)
    {
        await using GuestConsole console = await machine.OpenConsoleAsync();
        string shown = await console.RunAsync("cat /sys/class/net/eth0/address; ip -4 -o addr show eth0");
        Assert.Contains(vnic.Mac!, shown, StringComparison.Ordinal);
        Assert.Contains($" {vnic.IpAddress}/16 ", shown, StringComparison.Ordinal);
    }
}
