using Fairlead.Crds;
using Fairlead.Guest.Tests.Fixture;
using Fairlead.Testing;

namespace Fairlead.Guest.Tests.Lifecycle;

/// <summary>The manifest of a running machine is edited.</summary>
public sealed class HotplugTests(GuestEnvironment environment) : GuestTest(environment)
{
    [Fact]
    public async Task HotplugBridge_PlugConnectivityUnplug_LinkState_UpAndDown_AndWhatNeedsARestartWaits()
    {
        GuestMachine machine = NewMachine("edited");
        await machine.ApplyAsync("name: net");
        await machine.WaitForGuestAsync();
        Footprint oneVnic = await Footprint.OfResourcesAsync(Environment);
        await using TcpStream connection = await machine.ServeEchoAsync();
        await using GuestConsole console = await machine.OpenConsoleAsync();

        await machine.ReapplyAsync("name: net", "name: extra, mac: {address: \"02:00:00:00:05:01\"}");
        VirtualMachine vm = await machine.WaitForAsync(
            vm => vm.Status?.Interfaces is [_, { IpAddress: not null }],
            "the second vNIC has an address"
        );
        string address = vm.Status!.Interfaces[1].IpAddress!;
        await InGuestAsync(console, "ls /sys/class/net", names => names.Contains("eth1", StringComparison.Ordinal));
        Assert.Contains(
            "02:00:00:00:05:01",
            await console.RunAsync("cat /sys/class/net/eth1/address"),
            StringComparison.Ordinal
        );
        await console.RunAsync(
            "ip link set eth1 up; udhcpc -i eth1 -s /bin/udhcpc.script -n -q -t 20 -T 1 >/dev/null 2>&1"
        );
        await Eventually.SucceedsAsync(
            () => Environment.Pod.GetAsync(address, "/"),
            GuestEnvironment.Patience,
            "the guest answers at the new vNIC's address"
        );
        AssertNoRestart(vm);

        await machine.ReapplyAsync(
            "name: net",
            "name: extra, link: {state: down}, mac: {address: \"02:00:00:00:05:01\"}"
        );
        await InGuestAsync(console, "cat /sys/class/net/eth1/carrier", text => text.StartsWith('0'));
        await machine.ReapplyAsync("name: net", "name: extra, mac: {address: \"02:00:00:00:05:01\"}");
        await InGuestAsync(console, "cat /sys/class/net/eth1/carrier", text => text.StartsWith('1'));

        await machine.ReapplyAsync("name: net");
        await InGuestAsync(console, "ls /sys/class/net", names => !names.Contains("eth1", StringComparison.Ordinal));
        await oneVnic.RestoredAsync();

        await machine.ReapplyAsync("name: net, mtu: {size: 1400}");
        vm = await machine.WaitForAsync(
            vm => vm.Status!.Conditions.Any(c => c.Type == "RestartRequired"),
            "the condition says that a restart is needed"
        );
        Assert.Contains(
            "vNIC net",
            vm.Status!.Conditions.Single(c => c.Type == "RestartRequired").Message,
            StringComparison.Ordinal
        );
        await connection.EchoAsync("through all of it");
    }

    private static void AssertNoRestart(VirtualMachine vm) =>
        Assert.DoesNotContain(vm.Status!.Conditions, c => c.Type == "RestartRequired");

    private static Task InGuestAsync(GuestConsole console, string command, Func<string, bool> condition) =>
        Eventually.Async(
            async () => condition(await console.RunAsync(command)),
            GuestEnvironment.Patience,
            $"the guest shows it by {command}"
        );
}
