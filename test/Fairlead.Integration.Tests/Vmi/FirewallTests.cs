using Fairlead.Crds;
using Fairlead.Integration.Tests.Netlink;
using Fairlead.Testing;
using Fairlead.Vmi;

namespace Fairlead.Integration.Tests.Vmi;

/// <summary>The bridge firewall against the kernel's nftables, in a namespace of its own.</summary>
public sealed class FirewallTests
{
    private static readonly VnicNames[] s_vnics =
    [
        new("uid-1", new VirtualMachineKey("default", "web"), "net0"),
        new("uid-1", new VirtualMachineKey("default", "web"), "net1"),
        new("uid-2", new VirtualMachineKey("default", "db"), "net0"),
    ];

    public FirewallTests() => Privileged.Require("nft", "nsenter");

    [Fact]
    public async Task AppliedTwice_IsTheSameRuleset()
    {
        await using ScratchNamespace scratch = await ScratchNamespace.CreateAsync();
        Apply(scratch, s_vnics);
        string first = await RulesetAsync(scratch);

        Apply(scratch, s_vnics);

        Assert.Equal(first, await RulesetAsync(scratch));
        Assert.StartsWith("table bridge fairlead {", first, StringComparison.Ordinal);
        Assert.All(s_vnics, vnic => Assert.Contains(vnic.VmInterface, first, StringComparison.Ordinal));
        Assert.All(s_vnics, vnic => Assert.Contains(vnic.Tap, first, StringComparison.Ordinal));
    }

    [Fact]
    public async Task FewerAttachments_NothingOfTheOthersIsLeft()
    {
        await using ScratchNamespace scratch = await ScratchNamespace.CreateAsync();
        Apply(scratch, s_vnics[..1]);
        string one = await RulesetAsync(scratch);
        Apply(scratch, s_vnics);

        Apply(scratch, s_vnics[..1]);

        Assert.Equal(one, await RulesetAsync(scratch));
    }

    [Fact]
    public async Task NoAttachments_TheTableIsGoneAndOthersStay()
    {
        await using ScratchNamespace scratch = await ScratchNamespace.CreateAsync();
        await scratch.ExecAsync("nft add table bridge somebody");
        string before = await RulesetAsync(scratch);
        Apply(scratch, s_vnics);

        Apply(scratch, []);
        Apply(scratch, []);

        Assert.Equal(before, await RulesetAsync(scratch));
    }

    // A firewall of its own each time, as after a restart of the agent: it remembers what it has applied.
    private static void Apply(ScratchNamespace scratch, VnicNames[] vnics) =>
        scratch.Netns.Run(() =>
        {
            new BridgeFirewall().Apply(() => vnics);
            return true;
        });

    private static Task<string> RulesetAsync(ScratchNamespace scratch) => scratch.ExecAsync("nft -s list ruleset");
}
