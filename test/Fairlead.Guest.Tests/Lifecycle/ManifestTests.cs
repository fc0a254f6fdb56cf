using Fairlead.Crds;
using Fairlead.Guest.Tests.Fixture;
using Fairlead.Testing;

namespace Fairlead.Guest.Tests.Lifecycle;

/// <summary>What a manifest asks for is what runs; and deleted, nothing of it is left.</summary>
public sealed class ManifestTests(GuestEnvironment environment) : GuestTest(environment)
{
    [Fact]
    public async Task ProposalsManifestWordForWord_RunsAndIsDeleted_LeavesNothing()
    {
        Footprint before = await Footprint.OfEverythingAsync(Environment);
        GuestMachine machine = NewMachine("demo");
        string manifest = Path.Combine(RepositoryPaths.Root, "examples/pod-network.yaml");

        await Environment.FairleadAsync("apply", "-f", manifest);
        VirtualMachine vm = await machine.WaitForGuestAsync();

        InterfaceStatus vnic = Assert.Single(vm.Status!.Interfaces);
        Assert.Equal("00:11:22:33:44:55", vnic.Mac);
        Assert.Equal(
            ["Ready", "NetworkReady"],
            vm.Status.Conditions.Where(IsTrue).Select(c => c.Type).Order().Reverse()
        );
        await using (GuestConsole console = await machine.OpenConsoleAsync())
            Assert.Equal("00:11:22:33:44:55\n", await console.RunAsync("cat /sys/class/net/eth0/address"));
        await before.ChangedAsync();
        await machine.DeleteAsync();
        Assert.Null(await machine.FindAsync());
        await before.RestoredAsync();

        static bool IsTrue(VirtualMachineCondition condition) => condition.Status == ConditionStatus.True;
    }

    [Fact]
    public async Task TwoVnics_EachIsAnEndpointOfItsOwn()
    {
        Footprint before = await Footprint.OfEverythingAsync(Environment);
        GuestMachine machine = NewMachine("twin");

        await machine.ApplyAsync("name: front", "name: back, mac: {address: '52:54:00:12:34:56'}");
        VirtualMachine vm = await machine.WaitForGuestAsync(); // at both addresses

        Assert.Equal(["front", "back"], vm.Status!.Interfaces.Select(vnic => vnic.Name));
        Assert.Equal("52:54:00:12:34:56", vm.Status.Interfaces[1].Mac);
        Assert.Equal(2, vm.Status.Interfaces.Select(vnic => vnic.PodInterfaceName).Distinct().Count());
        await using (GuestConsole console = await machine.OpenConsoleAsync())
        {
            foreach ((int index, InterfaceStatus vnic) in vm.Status.Interfaces.Index())
            {
                string shown = await console.RunAsync($"ip addr show eth{index}");
                Assert.Contains($"inet {vnic.IpAddress}/16", shown, StringComparison.Ordinal);
                Assert.Contains($"link/ether {vnic.Mac}", shown, StringComparison.Ordinal);
                string pinged = await console.RunAsync($"ping -c 2 -I eth{index} {Environment.Pod.Address}");
                Assert.Contains("2 packets received", pinged, StringComparison.Ordinal);
            }
        }
        await machine.DeleteAsync();
        await before.RestoredAsync();
    }

    [Fact]
    public async Task NetworkThatIsMissing_StopsNoOtherMachine_AndIsTriedAgain()
    {
        GuestMachine waiting = NewMachine("waiting");
        GuestMachine other = NewMachine("other");
        Footprint before = await Footprint.OfEverythingAsync(Environment);

        await waiting.ApplyAsync("name: net, source: {network: late}");
        await other.ApplyAsync();

        await other.WaitForPhaseAsync(VirtualMachinePhase.Running);
        VirtualMachine failed = await waiting.WaitForAsync(
            // Between two tries, that is: during one it is Scheduling.
            vm =>
                vm.Status is { Phase: VirtualMachinePhase.Pending } status
                && status.Conditions.Any(c => c is { Type: "NetworkReady", Status: ConditionStatus.False }),
            "the failure is in the status"
        );
        Assert.Contains(failed.Status!.Conditions, c => c.Message!.Contains("late", StringComparison.Ordinal));
        string configuration = Environment.Node.HostPath("/var/lib/fairlead/cni/net.d/20-late.conflist");
        await File.WriteAllTextAsync(configuration, LateNetwork, TestContext.Current.CancellationToken);
        VirtualMachine running = await waiting.WaitForPhaseAsync(VirtualMachinePhase.Running);
        Assert.StartsWith("10.99.0.", running.Status!.Interfaces[0].IpAddress, StringComparison.Ordinal);
        Assert.Equal("late", running.Status.Interfaces[0].Network);

        // Neither guest is up yet: nobody hears the power button, and the grace period ends it.
        await waiting.DeleteAsync();
        await other.DeleteAsync();
        File.Delete(configuration);
        await Environment.Node.RunAsync("ip", "link", "delete", "late0"); // a bridge plugin leaves its bridge
        await before.RestoredAsync();
    }

    private const string LateNetwork = """
        {"cniVersion":"1.0.0","name":"late","plugins":[{"type":"bridge","bridge":"late0","isGateway":true,
         "ipam":{"type":"host-local","dataDir":"/run/late","ranges":[[{"subnet":"10.99.0.0/24"}]]}}]}
        """;
}
