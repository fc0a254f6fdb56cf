using Fairlead.Crds;
using Fairlead.Guest.Tests.Fixture;
using Fairlead.Libvirt;
using Fairlead.Testing;

namespace Fairlead.Guest.Tests.Recovery;

/// <summary>Our processes killed with SIGKILL, and <c>fairlead up</c> afterwards, while machines run.</summary>
public sealed class KilledProcessTests(GuestEnvironment environment) : GuestTest(environment)
{
    [Fact]
    public async Task VmiLifecycle_VmSurvivesKubeletRestart_AgentProxyAndLibvirtdKilledInTurn_KeepsAddressAndConnections()
    {
        Footprint before = await Footprint.OfEverythingAsync(Environment);
        GuestMachine machine = NewMachine("survivor");
        await machine.ApplyAsync();
        VirtualMachine first = await machine.WaitForGuestAsync();
        await using TcpStream connection = await machine.ServeEchoAsync();
        await connection.EchoAsync("before");
        string link = await LinkAsync();

        foreach (string process in (string[])["agent", "cni-proxy", "libvirtd"])
        {
            await Environment.KillAsync(process);
            await connection.EchoAsync($"without {process}");
            string printed = await Environment.UpAsync();
            Assert.Contains($"restarted the dead {process}", printed, StringComparison.Ordinal);
            await connection.EchoAsync($"with {process} again");

            VirtualMachine now = await machine.WaitForAsync(
                vm => vm.Status?.Conditions.Any(c => c is { Type: "Ready", Status: ConditionStatus.True }) == true,
                "the machine is Ready"
            );
            Assert.Equal(first.Metadata.Uid, now.Metadata.Uid);
            Assert.Equal(VirtualMachinePhase.Running, now.Status!.Phase);
            Assert.Equal(first.Status!.Interfaces[0].IpAddress, now.Status.Interfaces[0].IpAddress);
        }

        Assert.Equal(link, await LinkAsync());
        await machine.DeleteAsync();
        await before.RestoredAsync();

        // The guest's address, and how often its link went up or down.
        async Task<string> LinkAsync()
        {
            await using GuestConsole console = await machine.OpenConsoleAsync();
            return await console.RunAsync("ip -4 -o addr; cat /sys/class/net/eth0/carrier_changes");
        }
    }

    [Fact]
    public async Task MachinesEndAndGoWhileTheAgentIsDead_TheNextAgentReleasesThem()
    {
        Footprint before = await Footprint.OfEverythingAsync(Environment);
        GuestMachine ended = NewMachine("ended");
        GuestMachine removed = NewMachine("removed");
        await ended.ApplyAsync();
        await removed.ApplyAsync();
        await ended.WaitForPhaseAsync(VirtualMachinePhase.Running);
        await removed.WaitForPhaseAsync(VirtualMachinePhase.Running);

        await Environment.KillAsync("agent");
        await using (LibvirtConnection libvirt = await Environment.ConnectToLibvirtAsync())
        {
            Domain? domain = await libvirt.FindDomainAsync("default_ended", TestContext.Current.CancellationToken);
            await domain!.DestroyAsync(cancellationToken: TestContext.Current.CancellationToken);
        }
        File.Delete(Environment.Node.HostPath("/var/lib/fairlead/manifests/default.removed.yaml"));
        await Environment.UpAsync();

        VirtualMachine vm = await ended.WaitForPhaseAsync(VirtualMachinePhase.Succeeded);
        Assert.Empty(vm.Status!.Interfaces);
        await ended.DeleteAsync();
        await before.RestoredAsync();
    }

    [Fact]
    public async Task RecordOfAMachineLost_ItIsMadeAnew_AndTheOldOnesEndpointIsReleased()
    {
        Footprint before = await Footprint.OfEverythingAsync(Environment);
        GuestMachine machine = NewMachine("forgotten");
        await machine.ApplyAsync();
        VirtualMachine old = await machine.WaitForPhaseAsync(VirtualMachinePhase.Running);

        await Environment.KillAsync("agent");
        foreach (string record in Directory.GetFiles(Environment.Node.HostPath("/var/lib/fairlead/agent/vms")))
            File.Delete(record);
        await Environment.UpAsync();

        VirtualMachine now = await machine.WaitForPhaseAsync(VirtualMachinePhase.Running);
        Assert.NotEqual(old.Metadata.Uid, now.Metadata.Uid);
        string reservation = $"/var/lib/fairlead/cni/ipam/fairlead/{old.Status!.Interfaces[0].IpAddress}";
        await Eventually.Async(
            () => !File.Exists(Environment.Node.HostPath(reservation)),
            GuestEnvironment.Patience,
            "the old address is released"
        );
        await machine.WaitForGuestAsync(); // the new one's network was not taken for the old one's
        await machine.DeleteAsync();
        await before.RestoredAsync();
    }

    [Fact]
    public async Task ProxyDead_MachinesWait_AndAreServedWhenItIsBack()
    {
        Footprint before = await Footprint.OfEverythingAsync(Environment);
        GuestMachine leaving = NewMachine("leaving");
        GuestMachine coming = NewMachine("coming");
        await leaving.ApplyAsync();
        await leaving.WaitForPhaseAsync(VirtualMachinePhase.Running);

        await Environment.KillAsync("cni-proxy");
        await Environment.FairleadAsync("delete", "vm", leaving.Name, "--wait=false");
        await coming.ApplyAsync();
        VirtualMachine stuck = await coming.WaitForAsync(
            vm => vm.Status?.Conditions.Any(c => c is { Type: "Ready", Reason: "AttachFailed" }) == true,
            "the machine that comes says why it cannot"
        );
        string message = stuck.Status!.Conditions.Single(c => c.Type == "NetworkReady").Message!;
        Assert.Equal(1, message.Split("cannot be reached").Length - 1); // nothing is asked for, so nothing is to be given back
        Assert.NotNull(await leaving.FindAsync()); // not forgotten while something of it is left
        await Environment.UpAsync();

        await coming.WaitForPhaseAsync(VirtualMachinePhase.Running);
        await coming.DeleteAsync();
        await before.RestoredAsync();
    }
}
