using Fairlead.CniProxy.Client;
using Fairlead.CniProxy.V1;
using Fairlead.Testing;

namespace Fairlead.Integration.Tests.CniProxy;

/// <summary>Releases that fail, and those that a person asks for.</summary>
public sealed class ReleaseTests
{
    private const string Ipam = """ "ipam":{"type":"host-local","ranges":[[{"subnet":"10.77.0.0/24"}]]} """;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task FailingRelease_IsTriedAgainByItself_AndHoldsUpNobody()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        string may = Path.Combine(node.Node.Directory, "may");
        node.AddPlugin(
            "stubborn",
            $$"""
            if [ "$CNI_COMMAND" = DEL ] && [ ! -e {{may}} ]; then echo '{"code":101,"msg":"not today"}'; exit 1; fi
            exec /usr/lib/cni/bridge
            """
        );
        node.Configure("20-stubborn", "stubborn", $$"""{"type":"stubborn","bridge":"cni1",{{Ipam}}}""");
        ProxyClient pod = await node.ClientAsync("pod");
        ProxyClient administrator = await node.ClientAsync(netns: null);
        await pod.AddAsync("stubborn", "vmi0", "stubborn");
        await pod.AddAsync("willing", "vmi1");

        await pod.EndAsync();
        await node.Node.RunAsync("ip", "netns", "delete", "pod");

        await Eventually.Async(() => node.Reservations().Length == 0, s_patience, "the other one is released");
        Attachment kept = Assert.Single(await administrator.ListAsync());
        await Eventually.SucceedsAsync(
            async () => Assert.True(Assert.Single(await administrator.ListAsync()).FailedReleases >= 2),
            s_patience,
            "it was tried again"
        );
        Assert.Equal(("stubborn", AttachmentState.Releasing), (kept.Key, kept.State));
        Assert.Contains("not today", kept.Message, StringComparison.Ordinal);
        Assert.NotNull(kept.NextTry);
        Assert.Contains(
            "not today",
            Assert.Single((await administrator.StatusAsync()).Warnings),
            StringComparison.Ordinal
        );
        await File.WriteAllTextAsync(may, "", Cancellation);
        await node.ReleasedAsync();
        Assert.Empty(node.Reservations("stubborn"));
    }

    // More of them than are tried at a time, each for as long as a plugin may take.
    [Fact]
    public async Task PluginsThatHang_HoldUpNobody()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        node.AddPlugin(
            "hangs",
            """if [ "$CNI_COMMAND" = DEL ]; then exec sleep 300; fi; echo '{"cniVersion":"1.0.0"}'"""
        );
        node.Configure("20-hangs", "hangnet", """{"type":"hangs"}""");
        ProxyClient pod = await node.ClientAsync("pod");
        for (int i = 0; i < 6; i++)
            await pod.AddAsync($"hangs{i}", $"vmi{i}", "hangnet");
        await pod.AddAsync("willing", "vmi9");
        await pod.EndAsync();

        await node.Node.RunAsync("ip", "netns", "delete", "pod");

        await Eventually.Async(() => node.Reservations().Length == 0, s_patience, "the other one is released");
        await Eventually.Async(() => node.Journal().Length == 6, s_patience, "its record is gone");
    }

    [Fact]
    public async Task Reap_SaysWhatItDid()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        ProxyClient pod = await node.ClientAsync("pod");
        ProxyClient administrator = await node.ClientAsync(netns: null);
        await pod.AddAsync("uid/net0", "vmi0");
        await pod.AddAsync("uid/net1", "vmi1");
        Assert.Equal(CniProxyReason.UnknownPeer, (await pod.RefusedAsync("reap", "", "")).Reason);
        Assert.Empty(await administrator.ReapAsync());

        ReapedAttachment named = Assert.Single(await administrator.ReapAsync(key: "uid/net0"));
        string shown = await node.Node.RunAsync(
            BuiltProgram.Fairlead,
            "proxy",
            "reap",
            "--socket",
            node.Socket,
            "--sandbox",
            "sandbox-1"
        );

        Assert.Equal(("uid/net0", "vmi0", true), (named.Key, named.InterfaceName, named.Released));
        Assert.Contains("named by the administrator", named.Why, StringComparison.Ordinal);
        Assert.Matches(@"uid/net1 +podnet +vmi1 +sandbox-1 +yes", shown);
        await node.ReleasedAsync();
        Assert.DoesNotContain("vmi", await node.LinksAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConfigurationChangedMeanwhile_DeleteUsesTheOneOfTheAdd()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        ProxyClient pod = await node.ClientAsync("pod");
        await pod.AddAsync("uid/net0", "vmi0");
        node.Configure("10-podnet", "podnet", """{"type":"nosuch","ipam":{"type":"nosuch"}}""");

        await pod.DeleteAsync("uid/net0");

        await node.ReleasedAsync();
    }

    [Fact]
    public async Task FileThatIsNoRecord_IsShownToPeople_AndTheRestIsServed()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        ProxyClient pod = await node.ClientAsync("pod");
        await pod.AddAsync("uid/net0", "vmi0");
        string journal = Path.GetDirectoryName(Assert.Single(node.Journal()))!;
        await File.WriteAllTextAsync(Path.Combine(journal, "torn.json"), "{\"version\": 2, \"key", Cancellation);

        await node.KillProxyAsync();
        await node.StartProxyAsync();

        Assert.Contains(
            "torn.json.unreadable",
            Assert.Single((await pod.StatusAsync()).Warnings),
            StringComparison.Ordinal
        );
        Assert.Contains("torn.json", node.Log, StringComparison.Ordinal);
        string shown = await node.Node.RunAsync(BuiltProgram.Fairlead, "proxy", "status", "--socket", node.Socket);
        Assert.Matches(
            @"\nwarning: journal: \S+/torn\.json\.unreadable .* docs/journal\.md .* remove the file\n",
            shown
        );
        Assert.Equal("uid/net0", Assert.Single(await pod.ListAsync()).Key);
    }
}
