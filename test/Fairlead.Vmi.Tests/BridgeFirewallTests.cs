namespace Fairlead.Vmi.Tests;

public sealed class BridgeFirewallTests
{
    private static readonly VnicNames s_other = Sample.Names with { Vnic = "net1" };

    [Fact]
    public void NoAttachments_TheTableIsRemoved() =>
        Assert.Equal("add table bridge fairlead\ndelete table bridge fairlead\n", BridgeFirewall.BuildRuleset([]));

    [Fact]
    public void Attachments_AreNamedInEveryChain()
    {
        string ruleset = BridgeFirewall.BuildRuleset([Sample.Names]);

        Assert.StartsWith(
            "add table bridge fairlead\ndelete table bridge fairlead\n",
            ruleset,
            StringComparison.Ordinal
        );
        Assert.Equal(4, Count(ruleset, $"\"{Sample.Names.VmInterface}\""));
        Assert.Equal(4, Count(ruleset, $"\"{Sample.Names.Tap}\""));
    }

    [Fact]
    public void Order_MakesNoDifference() =>
        Assert.Equal(
            BridgeFirewall.BuildRuleset([Sample.Names, s_other]),
            BridgeFirewall.BuildRuleset([s_other, Sample.Names])
        );

    [Fact]
    public void SameSetAgain_RunsNothing()
    {
        List<string> runs = [];
        BridgeFirewall firewall = new(runs.Add);

        firewall.Apply(() => [Sample.Names]);
        firewall.Apply(() => [Sample.Names]);
        firewall.Apply(() => []);

        Assert.Equal([BridgeFirewall.BuildRuleset([Sample.Names]), BridgeFirewall.BuildRuleset([])], runs);
    }

    [Fact]
    public void RefusedSet_IsTriedAgain()
    {
        int runs = 0;
        BridgeFirewall firewall = new(_ => throw new NftablesException($"no {++runs}"));

        Assert.Throws<NftablesException>(() => firewall.Apply(() => [Sample.Names]));
        Assert.Throws<NftablesException>(() => firewall.Apply(() => [Sample.Names]));

        Assert.Equal(2, runs);
    }

    // Two vNICs are set up at the same time: the slower call must not bring back the set of before the other's.
    [Fact]
    public async Task CallsAtTheSameTime_EndWithAllAttachments()
    {
        List<string> runs = [];
        BridgeFirewall firewall = new(runs.Add);
        List<VnicNames> attachments = [Sample.Names];
        TaskCompletionSource firstHasLooked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        Task first = Task.Run(
            () =>
                firewall.Apply(() =>
                {
                    VnicNames[] seen = [.. attachments];
                    firstHasLooked.SetResult();
                    Thread.Sleep(100);
                    return seen;
                }),
            TestContext.Current.CancellationToken
        );
        await firstHasLooked.Task;
        attachments.Add(s_other);
        firewall.Apply(() => attachments);
        await first;

        Assert.Equal(BridgeFirewall.BuildRuleset([Sample.Names, s_other]), runs[^1]);
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
