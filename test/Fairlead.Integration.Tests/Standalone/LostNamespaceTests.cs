using Fairlead.Testing;

namespace Fairlead.Integration.Tests.Standalone;

/// <summary>The pod's network namespace removed with all that was in it, as no restart of a process does.</summary>
public sealed class LostNamespaceTests
{
    [Fact]
    public async Task TheNextUp_LeavesNoRuleOfTheOldAddressOnTheNode_AndDownTakesAllAway()
    {
        await using StandaloneNode node = await StandaloneNode.StartAsync();
        NodeSnapshot before = await node.SnapshotAsync();
        await node.RunAsync("up");
        string old = Assert.Single(node.Reservations());
        string name = (await node.Node.RunAsync("ip", "netns")).Split(' ')[0].Trim();
        await node.Node.RunAsync("bash", "-c", $"kill -KILL $(ip netns pids {name})");
        await node.Node.RunAsync("ip", "netns", "delete", name);

        await node.RunAsync("up");

        string rules = await node.Node.RunAsync("iptables-save", "-t", "nat");
        Assert.DoesNotContain($"{old}/", rules, StringComparison.Ordinal);
        Assert.Contains($"{Assert.Single(node.Reservations())}/", rules, StringComparison.Ordinal);
        await node.RunAsync("down", "--purge");
        await node.RestoredAsync(before);
    }

    [Fact]
    public async Task Down_TakesAllAway()
    {
        await using StandaloneNode node = await StandaloneNode.StartAsync();
        NodeSnapshot before = await node.SnapshotAsync();
        await node.RunAsync("up");
        string name = (await node.Node.RunAsync("ip", "netns")).Split(' ')[0].Trim();
        await node.Node.RunAsync("bash", "-c", $"kill -KILL $(ip netns pids {name})");
        await node.Node.RunAsync("ip", "netns", "delete", name);

        await node.RunAsync("down", "--purge");

        await node.RestoredAsync(before);
    }
}
