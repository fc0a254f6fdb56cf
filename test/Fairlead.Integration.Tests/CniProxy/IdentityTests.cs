using Fairlead.CniProxy.Client;
using Fairlead.Testing;

namespace Fairlead.Integration.Tests.CniProxy;

/// <summary>Who may do what.</summary>
public sealed class IdentityTests
{
    private static readonly string[][] s_requests =
    [
        ["add", "k", "", "vmi0", ""],
        ["delete", "k"],
        ["list"],
        ["status"],
    ];

    [Fact]
    public async Task Stranger_IsRefusedEverythingWithTheReason()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        ProxyClient stranger = await node.ClientAsync("other");

        foreach (string[] request in s_requests)
        {
            Refusal refusal = await stranger.RefusedAsync(request);
            Assert.Equal(CniProxyReason.UnknownPeer, refusal.Reason);
            Assert.Contains("netns ", refusal.Message, StringComparison.Ordinal);
        }

        Assert.Empty(node.Reservations());
        Assert.Empty(node.Journal());
    }

    [Fact]
    public async Task Administrator_ListsAndDeletesEverybodys_ButAddsNothing()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        ProxyClient pod = await node.ClientAsync("pod");
        ProxyClient administrator = await node.ClientAsync(netns: null);
        await pod.AddAsync("uid/net0", "vmi0");

        Assert.Equal("uid/net0", Assert.Single(await administrator.ListAsync()).Key);
        Refusal refusal = await administrator.RefusedAsync("add", "k", "", "vmi1", "");
        Assert.Equal(CniProxyReason.UnknownPeer, refusal.Reason);
        await administrator.DeleteAsync("uid/net0");

        Assert.Empty(await pod.ListAsync());
        Assert.Empty(node.Reservations());
    }

    // Root of another user namespace has user ID 0 here too; and one of a container with hostNetwork is not the host's.
    [Theory]
    [InlineData("unshare", "--user", "--map-root-user")]
    [InlineData("unshare", "--mount")]
    [InlineData("unshare", "--pid", "--fork")]
    public async Task RootThatIsNotInAllOfTheHostsNamespaces_IsNotTheAdministrator(params string[] launcher)
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        ProxyClient pretender = await node.ClientBehindAsync(launcher);

        foreach (string[] request in s_requests)
        {
            Refusal refusal = await pretender.RefusedAsync(request);
            Assert.Equal(CniProxyReason.UnknownPeer, refusal.Reason);
        }
    }

    [Fact]
    public async Task ConnectedInThePod_ThenInANamespaceOfItsOwn_IsRefused()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        ProxyClient pod = await node.ClientAsync("pod");
        await pod.AddAsync("uid/net0", "vmi0");

        await pod.UnshareAsync();

        foreach (string[] request in s_requests)
        {
            Refusal refusal = await pod.RefusedAsync(request);
            Assert.Equal(CniProxyReason.UnknownPeer, refusal.Reason);
        }
        Assert.Single(node.Journal());
    }

    // A pod that was made anew at the same path is another one: the old one's attachments are not its own.
    [Fact]
    public async Task NextSandbox_SeesNothingOfTheOneBefore()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        ProxyClient pod = await node.ClientAsync("pod");
        await pod.AddAsync("uid/net0", "vmi0");

        await node.RecordSandboxAsync("sandbox-2");

        Assert.Empty(await pod.ListAsync());
        await pod.DeleteAsync("uid/net0");
        await node.ReleasedAsync();
        // By the proxy itself, not for the asking.
        await Eventually.Async(
            () => node.Log.Contains("belongs to a pod that is gone: released", StringComparison.Ordinal),
            TimeSpan.FromSeconds(30),
            "the log says so"
        );
    }

    [Fact]
    public async Task Status_SaysWhichNetworksAreReady()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        node.Configure("20-later", "later", """{"type":"nosuch"}""");
        ProxyClient pod = await node.ClientAsync("pod");

        Fairlead.CniProxy.V1.StatusResponse status = await pod.StatusAsync();

        Assert.Equal(
            [("podnet", true, true), ("later", false, false)],
            status.Networks.Select(n => (n.Network.Name, n.Network.Default, n.Ready))
        );
        Assert.Contains("plugin nosuch", status.Networks[1].Reason, StringComparison.Ordinal);
        Assert.NotEmpty(status.Version);
    }
}
