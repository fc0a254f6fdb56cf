namespace Fairlead.Integration.Tests.CniProxy;

/// <summary>gRPC's own services, for the same callers as the proxy's.</summary>
public sealed class StandardServicesTests
{
    [Fact]
    public async Task Health_SaysServing_AndKnowsNoOtherService()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        ProxyClient pod = await node.ClientAsync("pod");

        Assert.Equal("Serving", await pod.AnswerAsync("health", ""));
        Assert.Equal("Serving", await pod.AnswerAsync("health", "fairlead.cniproxy.v1.CniProxy"));
        Assert.StartsWith("NotFound", await pod.AnswerAsync("health", "nosuch"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reflection_ListsTheServices_AndDescribesThem()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        ProxyClient administrator = await node.ClientAsync(netns: null);

        // cniproxy.proto, and the timestamp that it imports.
        Assert.Equal(
            "fairlead.cniproxy.v1.CniProxy grpc.health.v1.Health grpc.reflection.v1alpha.ServerReflection; files of the first: 2",
            await administrator.AnswerAsync("services")
        );
    }

    [Fact]
    public async Task Stranger_IsRefusedBoth()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        ProxyClient stranger = await node.ClientAsync("other");

        foreach (
            string[] request in (string[][])
                [
                    ["health", ""],
                    ["services"],
                ]
        )
            Assert.Equal("PermissionDenied UnknownPeer", await stranger.AnswerAsync(request));
    }
}
