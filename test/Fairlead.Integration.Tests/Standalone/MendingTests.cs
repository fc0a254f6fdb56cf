namespace Fairlead.Integration.Tests.Standalone;

public sealed class MendingTests
{
    [Fact]
    public async Task EveryKilledProcess_IsBroughtBackByUp()
    {
        await using StandaloneNode node = await StandaloneNode.StartAsync();
        await node.RunAsync("up");
        foreach (string part in (string[])["sandbox", "libvirtd", "cni-proxy", "agent"])
        {
            string killed = node.PidOf(part);
            await node.KillAsync(part);
            Assert.False((await node.StatusAsync())[part]);

            string output = await node.RunAsync("up");

            Assert.Contains($"restarted the dead {part} ", output, StringComparison.Ordinal);
            Assert.EndsWith("] up again\n", output, StringComparison.Ordinal);
            Assert.NotEqual(killed, node.PidOf(part));
            await node.ReadyAsync();
        }
    }

    [Fact]
    public async Task AllKilledAtOnce_AreBroughtBack_AndTheVirtualMachineNeverNotices()
    {
        await using StandaloneNode node = await StandaloneNode.StartAsync();
        await node.UpWithMachineAsync();
        string qemu = await node.Node.RunAsync("pgrep", "-f", "qemu-system");

        foreach (string part in (string[])["agent", "libvirtd", "cni-proxy", "sandbox"])
            await node.KillAsync(part);
        await node.RunAsync("up");

        await node.ReadyAsync();
        await node.MachineRunsAsync();
        Assert.Equal(qemu, await node.Node.RunAsync("pgrep", "-f", "qemu-system"));
        await node.RunAsync("down");
        Assert.Empty(node.Reservations());
    }

    [Fact]
    public async Task HungProcess_IsReplaced()
    {
        await using StandaloneNode node = await StandaloneNode.StartAsync();
        await node.RunAsync("up");
        await node.Node.RunAsync("kill", "-STOP", node.PidOf("cni-proxy"));

        string output = await node.RunAsync("up");

        Assert.Contains("restarted the hung cni-proxy ", output, StringComparison.Ordinal);
        await node.ReadyAsync();
    }

    [Fact]
    public async Task NamespaceThatLostItsName_GetsItBack()
    {
        await using StandaloneNode node = await StandaloneNode.StartAsync();
        await node.RunAsync("up");
        string name = (await node.Node.RunAsync("ip", "netns")).Split(' ')[0].Trim();
        await node.Node.RunAsync("ip", "netns", "delete", name);
        Assert.False((await node.StatusAsync())["network namespace"]);

        Assert.Contains("name", await node.RunAsync("up"), StringComparison.Ordinal);

        await node.ReadyAsync();
        await node.Node.RunAsync("ip", "netns", "delete", name);
        await node.RunAsync("down");
        Assert.Empty(node.Reservations());
    }

    [Fact]
    public async Task AfterAReboot_TheStaleAddressIsReleased()
    {
        await using StandaloneNode node = await StandaloneNode.StartAsync();
        await node.RunAsync("up");
        string stale = Assert.Single(node.Reservations());
        await node.KillAllAsync();
        await RebootAsync(node);
        Assert.Equal([stale], node.Reservations());

        string output = await node.RunAsync("up");

        Assert.Contains("the machine was restarted since", output, StringComparison.Ordinal);
        Assert.NotEqual(stale, Assert.Single(node.Reservations()));
        await node.ReadyAsync();
    }

    [Fact]
    public async Task DownAfterAReboot_ReleasesTheStaleAddress()
    {
        await using StandaloneNode node = await StandaloneNode.StartAsync();
        await node.RunAsync("up");
        await node.KillAllAsync();
        await RebootAsync(node);

        await node.RunAsync("down");

        Assert.Empty(node.Reservations());
    }

    // What a reboot leaves of it all: the files on disk, and another boot ID.
    private static async Task RebootAsync(StandaloneNode node)
    {
        await node.Node.RunAsync("bash", "-c", "umount /run/netns/fairlead-*; rm -r /run/fairlead /run/netns/*");
        await node.Node.RunAsync("ip", "link", "delete", "fairlead0");
        await node.Node.RunAsync(
            "sed",
            "-i",
            "s/\"bootId\": \".*\"/\"bootId\": \"another\"/",
            "/var/lib/fairlead/environment.json"
        );
    }
}
