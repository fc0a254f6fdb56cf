using Fairlead.CniProxy.V1;

namespace Fairlead.Integration.Tests.CniProxy;

/// <summary>A pod that dies while the proxy runs: its attachments are released, with all that the plugins made for them.</summary>
public sealed class PodDeathTests
{
    private const string Masquerading =
        """{"type":"bridge","bridge":"cni0","isGateway":true,"ipMasq":true,"ipam":{"type":"host-local","subnet":"10.77.0.0/24"}}""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // The plugin finds its masquerading rules by the addresses on the link, which is there since we hold the namespace.
    [Fact]
    public async Task PodDies_EverythingIsReleased_RulesOfTheNodeToo()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        node.Configure("10-podnet", "podnet", Masquerading);
        ProxyClient pod = await node.ClientAsync("pod");
        await pod.AddAsync("uid/net0", "vmi0");
        await pod.AddAsync("uid/net1", "vmi1");
        // As the agent leaves it: the addresses are the guest's.
        await node.Node.RunAsync("ip", "-n", "pod", "addr", "flush", "dev", "vmi0");
        Assert.Contains("CNI-", await RulesAsync(node), StringComparison.Ordinal);

        await DieAsync(node, pod);

        await node.ReleasedAsync();
        Assert.DoesNotContain("CNI-", await RulesAsync(node), StringComparison.Ordinal);
        Assert.DoesNotContain("veth", await node.Node.RunAsync("ip", "-br", "link"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("the client")]
    [InlineData("the next ADD")]
    public async Task InterfaceDeletedByHand_ReleasedOnRequest_RulesOfTheNodeToo(string by)
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        node.Configure("10-podnet", "podnet", Masquerading);
        ProxyClient pod = await node.ClientAsync("pod");
        await pod.AddAsync("uid/net0", "vmi0");
        await node.Node.RunAsync("ip", "-n", "pod", "link", "delete", "vmi0");
        if (by == "the next ADD")
            await pod.AddAsync("uid/net0", "vmi0");

        await pod.DeleteAsync("uid/net0");

        await node.ReleasedAsync();
        Assert.DoesNotContain("CNI-", await RulesAsync(node), StringComparison.Ordinal);
        Assert.DoesNotContain("vmi0", await node.Node.RunAsync("ip", "-n", "pod", "link"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PodDiesWithTheProxy_TheNextRunReleasesEverything()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        node.Configure("10-podnet", "podnet", Masquerading);
        ProxyClient pod = await node.ClientAsync("pod");
        await pod.AddAsync("uid/net0", "vmi0");

        await node.KillProxyAsync();
        await DieAsync(node, pod);
        await node.StartProxyAsync();

        await node.ReleasedAsync();
        Assert.DoesNotContain("CNI-", await RulesAsync(node), StringComparison.Ordinal);
    }

    [Fact]
    public async Task NameRemovedUnderALivingPod_NothingIsReleasedUntilItEnds()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        ProxyClient pod = await node.ClientAsync("pod");
        ProxyClient administrator = await node.ClientAsync(netns: null);
        await pod.AddAsync("uid/net0", "vmi0");

        await node.Node.RunAsync("ip", "netns", "delete", "pod");

        Assert.Empty(await administrator.ReapAsync());
        Assert.Single(node.Reservations());
        await pod.EndAsync();
        await node.ReleasedAsync();
    }

    // Reboot: no namespace, no link, no mount is left, and the numbers of namespaces may come again.
    [Fact]
    public async Task Reboot_EverythingOnRecordIsReleased()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        ProxyClient pod = await node.ClientAsync("pod");
        await pod.AddAsync("uid/net0", "vmi0");
        await pod.EndAsync();
        await node.KillProxyAsync();
        foreach (string held in node.HeldNamespaces())
            await node.Node.RunAsync("umount", held);
        await node.Node.RunAsync("ip", "netns", "delete", "pod");
        await node.Node.RunAsync("ip", "link", "delete", "cni0");
        string bootId = Path.Combine(node.Node.Directory, "boot_id");
        await File.WriteAllTextAsync(bootId, "11111111-2222-3333-4444-555555555555\n", Cancellation);
        await node.Node.RunAsync("mount", "--bind", bootId, "/proc/sys/kernel/random/boot_id");
        await node.Node.RunAsync("ip", "netns", "add", "pod");
        Assert.Single(node.Reservations());

        await node.StartProxyAsync();

        await node.ReleasedAsync();
        Attachment again = await (await node.ClientAsync("pod")).AddAsync("uid/net0", "vmi0");
        Assert.Equal(AttachmentState.Attached, again.State);
    }

    [Fact]
    public async Task SandboxThatIsGoneFromTheRecord_IsReleased_ThoughItsNamespaceIsThere()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        ProxyClient pod = await node.ClientAsync("pod");
        await pod.AddAsync("uid/net0", "vmi0");

        await node.RecordSandboxAsync("sandbox-2");

        await node.ReleasedAsync();
        Assert.DoesNotContain("vmi0", await node.LinksAsync(), StringComparison.Ordinal);
    }

    private static async Task DieAsync(ProxyNode node, ProxyClient pod)
    {
        await pod.EndAsync();
        await node.Node.RunAsync("ip", "netns", "delete", "pod");
    }

    private static Task<string> RulesAsync(ProxyNode node) => node.Node.RunAsync("iptables-save", "-t", "nat");
}
