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

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
