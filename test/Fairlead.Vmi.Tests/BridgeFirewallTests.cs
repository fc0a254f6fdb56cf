using Fairlead.Vmi.Interop;

namespace Fairlead.Vmi.Tests;

public sealed class BridgeFirewallTests
{
    private static readonly AttachmentRecord s_one = Sample.Record(Sample.Endpoint("10.88.0.4/16"));
    private static readonly AttachmentRecord s_other = s_one with { Vnic = "net1" };

    private uint _generation;

    [Fact]
    public void NoAttachments_TheTableIsRemoved() =>
        Assert.Equal("add table bridge fairlead\ndelete table bridge fairlead\n", BridgeFirewall.BuildRuleset([]));

    [Fact]
    public void Attachments_AreNamedInTheirSets()
    {
        string ruleset = BridgeFirewall.BuildRuleset([s_one]);

        Assert.StartsWith(
            "add table bridge fairlead\ndelete table bridge fairlead\n",
            ruleset,
            StringComparison.Ordinal
        );
        Assert.Contains(Element("vmis", $"\"{Sample.Names.VmInterface}\""), ruleset, StringComparison.Ordinal);
        Assert.Contains(Element("served", $"\"{Sample.Names.VmInterface}\""), ruleset, StringComparison.Ordinal);
        Assert.Contains(Element("taps", Tap), ruleset, StringComparison.Ordinal);
        Assert.Contains(Element("guarded", Tap), ruleset, StringComparison.Ordinal);
        Assert.Contains($"elements = {{ {Tap} . {Sample.Mac} }}", ruleset, StringComparison.Ordinal);
        Assert.Contains($"elements = {{ {Tap} . 10.88.0.4 }}", ruleset, StringComparison.Ordinal);
        // The link-local address that this MAC makes: its second bit turned over, ff:fe in the middle.
        Assert.Contains($"elements = {{ {Tap} . fe80::858:aff:fe58:4 }}", ruleset, StringComparison.Ordinal);
        Assert.Contains($"{Tap} . 0xfe8000000000000008580afffe580004", ruleset, StringComparison.Ordinal);
    }

    [Fact]
    public void NoAddressOrSpoofingAllowed_IsNotGuarded()
    {
        string layer2 = BridgeFirewall.BuildRuleset([Sample.Record(Sample.Endpoint())]);
        string free = BridgeFirewall.BuildRuleset([s_one with { MaySpoof = true }]);

        foreach (string ruleset in (string[])[layer2, free])
        {
            Assert.Contains("set guarded { type ifname; }", ruleset, StringComparison.Ordinal);
            Assert.Contains(Element("taps", Tap), ruleset, StringComparison.Ordinal);
        }
        // Nobody of ours serves DHCP there, so the segment's own server may be reached.
        Assert.Contains("set served { type ifname; }", layer2, StringComparison.Ordinal);
        Assert.DoesNotContain("set served { type ifname; }", free, StringComparison.Ordinal);
    }

    // A frame's way through the rules must not grow with the number of vNICs.
    [Fact]
    public void Rules_AreAsManyForAHundredVnicsAsForOne()
    {
        string one = BridgeFirewall.BuildRuleset([s_one]);
        string many = BridgeFirewall.BuildRuleset(
            Enumerable.Range(0, 100).Select(i => s_one with { Vnic = $"net{i}" })
        );

        Assert.Equal(one.Split('\n').Length, many.Split('\n').Length);
    }

    [Fact]
    public void TableChangedBySomebodyElse_IsMadeAnew()
    {
        List<string> runs = [];
        BridgeFirewall firewall = NewFirewall(runs);
        firewall.Apply(() => [s_one]);

        _generation++;
        firewall.Apply(() => [s_one]);
        firewall.Apply(() => [s_one]);

        Assert.Equal(2, runs.Count);
    }

    [Theory]
    [InlineData("20000000 0f0a 0000 00000000 00000000 00000007 0800 0100 00000007", 7u)]
    [InlineData("20000000 0f0a 0000 00000000 00000000 00000007 0900 0100 00000007", null)]
    [InlineData("14000000 0200 0000 00000000 00000000 00000000", null)]
    [InlineData("", null)]
    public void Generation_IsReadFromTheKernelsMessage(string hex, uint? generation) =>
        Assert.Equal(
            generation,
            NftablesGeneration.Parse(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)))
        );

    [Fact]
    public void Order_MakesNoDifference() =>
        Assert.Equal(BridgeFirewall.BuildRuleset([s_one, s_other]), BridgeFirewall.BuildRuleset([s_other, s_one]));

    [Fact]
    public void SameSetAgain_RunsNothing()
    {
        List<string> runs = [];
        BridgeFirewall firewall = NewFirewall(runs);

        firewall.Apply(() => [s_one]);
        firewall.Apply(() => [s_one]);
        firewall.Apply(() => []);

        Assert.Equal([BridgeFirewall.BuildRuleset([s_one]), BridgeFirewall.BuildRuleset([])], runs);
    }

    [Fact]
    public void RefusedSet_IsTriedAgain()
    {
        int runs = 0;
        BridgeFirewall firewall = new(_ => throw new NftablesException($"no {++runs}"), () => 1);

        Assert.Throws<NftablesException>(() => firewall.Apply(() => [s_one]));
        Assert.Throws<NftablesException>(() => firewall.Apply(() => [s_one]));

        Assert.Equal(2, runs);
    }

    // Two vNICs are set up at the same time: the slower call must not bring back the set of before the other's.
    [Fact]
    public async Task CallsAtTheSameTime_EndWithAllAttachments()
    {
        List<string> runs = [];
        BridgeFirewall firewall = NewFirewall(runs);
        List<AttachmentRecord> attachments = [s_one];
        TaskCompletionSource firstHasLooked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        Task first = Task.Run(
            () =>
                firewall.Apply(() =>
                {
                    AttachmentRecord[] seen = [.. attachments];
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

        Assert.Equal(BridgeFirewall.BuildRuleset([s_one, s_other]), runs[^1]);
    }

    private static string Tap => $"\"{Sample.Names.Tap}\"";

    private static string Element(string set, string element) =>
        $"set {set} {{ type ifname; elements = {{ {element} }}; }}";

    // As the kernel: every transaction raises the generation.
    private BridgeFirewall NewFirewall(List<string> runs) =>
        new(
            ruleset =>
            {
                _generation++;
                runs.Add(ruleset);
            },
            () => _generation
        );
}
