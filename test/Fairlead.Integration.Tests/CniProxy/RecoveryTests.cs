using Fairlead.CniProxy.V1;
using Fairlead.Testing;

namespace Fairlead.Integration.Tests.CniProxy;

/// <summary>Nothing is left, whatever goes away: the proxy, the pod, the configuration.</summary>
public sealed class RecoveryTests
{
    private const string HostLocal = """ "ipam":{"type":"host-local","ranges":[[{"subnet":"10.77.0.0/24"}]]} """;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // The interface and its address are there, the result is not recorded yet.
    [Fact]
    public async Task KilledAfterTheEffect_TheNextRunReleasesIt()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        node.AddPlugin("hangs", """if [ "$CNI_COMMAND" = ADD ]; then exec sleep 60; fi""");
        node.Configure("10-podnet", "podnet", "bridge", """{"type":"hangs"}""");
        ProxyClient pod = await node.ClientAsync("pod");
        await pod.SendAsync("add", "uid/net0", "", "vmi0", "");
        await Eventually.SucceedsAsync(
            async () => Assert.Contains("vmi0", await node.LinksAsync(), StringComparison.Ordinal),
            s_patience,
            "bridge has made the interface"
        );

        await node.KillProxyAsync();
        await node.StartProxyAsync();

        await node.ReleasedAsync();
        Assert.DoesNotContain("vmi0", await node.LinksAsync(), StringComparison.Ordinal);
        Assert.Empty((await node.Node.ExecAsync("pgrep", "-x", "sleep")).StandardOutput);
    }

    // The plugin outlives its proxy, and would do its work after the recovery.
    [Fact]
    public async Task KilledBeforeTheEffect_ThePluginDoesNotComeLater()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        node.AddPlugin("slow", """if [ "$CNI_COMMAND" = ADD ]; then sleep 3; fi; exec /usr/lib/cni/bridge""");
        node.Configure("10-podnet", "podnet", $$"""{"type":"slow","bridge":"cni0",{{HostLocal}}}""");
        ProxyClient pod = await node.ClientAsync("pod");
        await pod.SendAsync("add", "uid/net0", "", "vmi0", "");
        await Eventually.SucceedsAsync(
            async () => (await node.Node.ExecAsync("pgrep", "-x", "sleep")).Output(),
            s_patience,
            "the plugin runs"
        );

        await node.KillProxyAsync();
        await node.StartProxyAsync();
        await Task.Delay(TimeSpan.FromSeconds(3.5), Cancellation);

        await node.ReleasedAsync();
        Assert.DoesNotContain("vmi0", await node.LinksAsync(), StringComparison.Ordinal);
        Attachment attachment = await (await node.ClientAsync("pod")).AddAsync("uid/net0", "vmi0");
        Assert.Equal(AttachmentState.Attached, attachment.State);
    }

    [Fact]
    public async Task KilledInTheMiddleOfARelease_TheNextRunFinishesIt()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        node.AddPlugin(
            "hangs",
            $"""
            if [ "$CNI_COMMAND" = ADD ]; then exec /usr/lib/cni/bridge; fi
            if [ ! -e {node.Node.Directory}/once ]; then touch {node.Node.Directory}/once; exec sleep 60; fi
            exec /usr/lib/cni/bridge
            """
        );
        node.Configure("10-podnet", "podnet", $$"""{"type":"hangs","bridge":"cni0",{{HostLocal}}}""");
        ProxyClient pod = await node.ClientAsync("pod");
        await pod.AddAsync("uid/net0", "vmi0");
        await pod.SendAsync("delete", "uid/net0");
        await Eventually.Async(() => File.Exists($"{node.Node.Directory}/once"), s_patience, "the plugin runs");

        await node.KillProxyAsync();
        await node.StartProxyAsync();

        await node.ReleasedAsync();
    }

    [Fact]
    public async Task NamespaceGoneWhileTheProxyWasDown_TheNextRunReleasesIt()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        ProxyClient pod = await node.ClientAsync("pod");
        await pod.AddAsync("uid/net0", "vmi0");
        await pod.EndAsync();
        await node.KillProxyAsync();
        await node.Node.RunAsync("ip", "netns", "delete", "pod");
        await node.Node.RunAsync("ip", "netns", "add", "pod"); // the next one at the same path
        await node.Node.RunAsync("ip", "-n", "pod", "link", "add", "vmi0", "type", "veth", "peer", "name", "far");

        await node.StartProxyAsync();

        await node.ReleasedAsync();
        // What has the same name in the new pod is somebody else's.
        Assert.Contains("vmi0", await node.LinksAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConfigurationRemovedMeanwhile_DeleteUsesTheOneOfTheAdd()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        ProxyClient pod = await node.ClientAsync("pod");
        await pod.AddAsync("uid/net0", "vmi0");
        node.RemoveConfiguration("10-podnet");

        await pod.DeleteAsync("uid/net0");

        Assert.Empty(node.Reservations());
        Assert.DoesNotContain("vmi0", await node.LinksAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FailedDelete_IsKeptWithItsReasonAndCanBeRepeated()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        node.AddPlugin(
            "stubborn",
            $$"""
            if [ "$CNI_COMMAND" = DEL ] && [ ! -e {{node.Node.Directory}}/may ]; then
                echo '{"code":101,"msg":"not today"}'; exit 1
            fi
            if [ "$CNI_COMMAND" = ADD ]; then exec /usr/lib/cni/bridge; fi
            exec /usr/lib/cni/bridge
            """
        );
        node.Configure("10-podnet", "podnet", $$"""{"type":"stubborn","bridge":"cni0",{{HostLocal}}}""");
        ProxyClient pod = await node.ClientAsync("pod");
        await pod.AddAsync("uid/net0", "vmi0");

        Refusal refusal = await pod.RefusedAsync("delete", "uid/net0");

        Assert.Contains("not today", refusal.Message, StringComparison.Ordinal);
        Attachment kept = Assert.Single(await pod.ListAsync());
        Assert.Equal(AttachmentState.Releasing, kept.State);
        Assert.NotEqual(0u, kept.FailedReleases);
        Assert.NotNull(kept.NextTry);
        Assert.Contains("not today", kept.Message, StringComparison.Ordinal);
        await File.WriteAllTextAsync($"{node.Node.Directory}/may", "", Cancellation);
        await pod.DeleteAsync("uid/net0");
        Assert.Empty(node.Reservations());
        Assert.Empty(node.Journal());
    }
}
