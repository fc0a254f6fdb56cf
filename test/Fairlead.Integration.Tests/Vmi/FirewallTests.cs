using System.Net;
using Fairlead.Integration.Tests.Netlink;
using Fairlead.Netlink;
using Fairlead.Testing;
using Fairlead.Vmi;

namespace Fairlead.Integration.Tests.Vmi;

/// <summary>The bridge firewall against the kernel's nftables, in a namespace of its own.</summary>
public sealed class FirewallTests
{
    private static readonly AttachmentRecord[] s_vnics =
    [
        Attachment("uid-1", "web", "net0", "10.88.0.4/16"),
        Attachment("uid-1", "web", "net1", "10.88.0.5/16", "fd00::5/64"),
        Attachment("uid-2", "db", "net0"),
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
        Assert.All(s_vnics, vnic => Assert.Contains(vnic.Names.VmInterface, first, StringComparison.Ordinal));
        Assert.All(s_vnics, vnic => Assert.Contains(vnic.Names.Tap, first, StringComparison.Ordinal));
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

    [Fact]
    public async Task TableRemovedOrEmptiedByHand_IsPutBackByTheNextCall()
    {
        await using ScratchNamespace scratch = await ScratchNamespace.CreateAsync();
        BridgeFirewall firewall = new();
        Apply(scratch, firewall, s_vnics);
        string whole = await RulesetAsync(scratch);

        foreach (string harm in (string[])["delete table bridge fairlead", "flush table bridge fairlead"])
        {
            await scratch.ExecAsync($"nft {harm}");
            Apply(scratch, firewall, s_vnics);

            Assert.Equal(whole, await RulesetAsync(scratch));
        }
    }

    [Fact]
    public async Task NothingChanged_NothingIsWritten()
    {
        await using ScratchNamespace scratch = await ScratchNamespace.CreateAsync();
        BridgeFirewall firewall = new();
        Apply(scratch, firewall, s_vnics);
        string handles = await scratch.ExecAsync("nft -a list ruleset");

        Apply(scratch, firewall, s_vnics);

        Assert.Equal(handles, await scratch.ExecAsync("nft -a list ruleset"));
    }

    // A firewall of its own each time, as after a restart of the agent: it remembers what it has applied.
    private static void Apply(ScratchNamespace scratch, AttachmentRecord[] vnics) =>
        Apply(scratch, new BridgeFirewall(), vnics);

    private static void Apply(ScratchNamespace scratch, BridgeFirewall firewall, AttachmentRecord[] vnics) =>
        scratch.Netns.Run(() =>
        {
            firewall.Apply(() => vnics);
            return true;
        });

    private static AttachmentRecord Attachment(string uid, string vm, string vnic, params string[] addresses) =>
        new()
        {
            Version = AttachmentRecord.CurrentVersion,
            VmUid = uid,
            VmNamespace = "default",
            VmName = vm,
            Vnic = vnic,
            BridgeAddress = IPAddress.Parse("169.254.75.1"),
            Endpoint = new VnicEndpoint
            {
                Mac = MacAddress.Parse("0a:58:0a:58:00:04"),
                Addresses = [.. addresses.Select(InterfaceAddress.Parse)],
                MtuBytes = 1500,
            },
        };

    private static Task<string> RulesetAsync(ScratchNamespace scratch) => scratch.ExecAsync("nft -s list ruleset");
}
