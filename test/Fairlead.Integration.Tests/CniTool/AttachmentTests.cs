using System.Text.Json;
using Fairlead.Testing;

namespace Fairlead.Integration.Tests.CniTool;

/// <summary>From ADD to the second DEL with bridge and host-local, and nothing left.</summary>
public sealed class AttachmentTests
{
    private const string CnitoolsId = "cnitool-82e215debf7df4651d36"; // of /run/netns/web

    [Fact]
    public async Task AddCheckDeleteTwice_LeavesTheNodeAsBefore()
    {
        await using ToolNode node = await StartWithPodsAsync();
        NodeSnapshot before = await NodeSnapshot.CaptureAsync(node.Node);

        JsonElement result = JsonElement.Parse((await node.RunAsync("add", "pods", "web")).Output());
        string inside = await node.Node.RunAsync("ip", "-n", "web", "address", "show", "eth0");
        string cached = Assert.Single(Directory.GetFiles(node.Node.HostPath("/var/lib/cni/results")));
        Assert.Equal("", (await node.RunAsync("check", "pods", "web")).Output());
        Assert.Equal("", (await node.RunAsync("del", "pods", "web")).Output());
        Assert.Equal("", (await node.RunAsync("del", "pods", "web")).Output());

        Assert.Equal("1.0.0", result.GetProperty("cniVersion").GetString());
        Assert.Contains(
            result.GetProperty("ips")[0].GetProperty("address").GetString()!,
            inside,
            StringComparison.Ordinal
        );
        Assert.Equal($"pods-{CnitoolsId}-eth0", Path.GetFileName(cached));
        Assert.Empty(node.Reservations("pods"));
        await NodeSnapshot.RestoredAsync(node.Node, before, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task InterfaceThatWasTakenAway_FailsCheck()
    {
        await using ToolNode node = await StartWithPodsAsync();
        (await node.RunAsync("add", "pods", "web")).Output();
        await node.Node.RunAsync("ip", "-n", "web", "link", "delete", "eth0");

        CommandResult check = await node.RunAsync("check", "pods", "web");

        Assert.Equal(1, check.ExitCode);
        JsonElement error = JsonElement.Parse(check.StandardOutput);
        Assert.StartsWith("plugin bridge: ", error.GetProperty("msg").GetString(), StringComparison.Ordinal);
        Assert.Equal("", check.StandardError);
        (await node.RunAsync("del", "pods", "web")).Output();
        Assert.Empty(node.Reservations("pods"));
    }

    [Fact]
    public async Task NamespaceAndConfigurationGone_DelFreesTheAddressAllTheSame()
    {
        await using ToolNode node = await StartWithPodsAsync();
        (await node.RunAsync("add", "pods", "web")).Output();
        await node.Node.RunAsync("ip", "netns", "delete", "web");
        File.Delete(node.Node.HostPath("/etc/cni/net.d/10-pods.conflist"));
        Assert.Single(node.Reservations("pods"));

        (await node.RunAsync("del", "pods", "--container-id", CnitoolsId)).Output();

        Assert.Empty(node.Reservations("pods"));
    }

    [Fact]
    public async Task FailedAdd_IsRolledBackHoweverOften()
    {
        await using ToolNode node = await StartWithPodsAsync();
        // tuning fails on a sysctl that does not exist, after bridge has taken an address of the five.
        node.Configure(
            "10-pods.conflist",
            ToolNode.Pods.Replace(
                "}}]}",
                """}},{"type":"tuning","sysctl":{"net.core.no_such_thing":"1"}}]}""",
                StringComparison.Ordinal
            )
        );

        for (int i = 0; i < 7; i++)
        {
            CommandResult add = await node.RunAsync("add", "pods", "web");
            JsonElement error = JsonElement.Parse(add.StandardOutput);
            Assert.StartsWith("plugin tuning: ", error.GetProperty("msg").GetString(), StringComparison.Ordinal);
            Assert.EndsWith("rolled back", error.GetProperty("details").GetString(), StringComparison.Ordinal);
        }

        Assert.Empty(node.Reservations("pods"));
        Assert.DoesNotContain("eth0", await node.Node.RunAsync("ip", "-n", "web", "link"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SeveralNamespaces_GcKeepsWhatIsNamed()
    {
        await using ToolNode node = await StartWithPodsAsync();
        await node.Node.RunAsync("ip", "netns", "add", "db");
        (await node.RunAsync("add", "pods", "web")).Output();
        (await node.RunAsync("add", "pods", "db", "--container-id", "db", "--cni-ifname", "net1")).Output();

        string stale = (await node.RunAsync("gc", "pods", "--keep", "db/net1", "--dry-run")).Output();
        (await node.RunAsync("gc", "pods", "--keep", "db/net1")).Output();

        Assert.Equal($"{CnitoolsId}/eth0\n", stale);
        Assert.Single(node.Reservations("pods"));
        Assert.Equal(
            "",
            (await node.RunAsync("check", "pods", "db", "--container-id", "db", "--cni-ifname", "net1")).Output()
        );
    }

    private static async Task<ToolNode> StartWithPodsAsync()
    {
        ToolNode node = await ToolNode.StartAsync();
        node.Configure("10-pods.conflist", ToolNode.Pods);
        await node.Node.RunAsync("ip", "netns", "add", "web");
        // What all attachments share stays after the last: the bridge and host-local's directory.
        await node.Node.RunAsync("ip", "netns", "add", "first");
        (await node.RunAsync("add", "pods", "first")).Output();
        (await node.RunAsync("del", "pods", "first")).Output();
        return node;
    }
}
