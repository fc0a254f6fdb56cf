using Fairlead.Netlink;

namespace Fairlead.Integration.Tests.Netlink;

public sealed class LinkTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task NewNamespace_HasItsLoopbackLinkUp()
    {
        await using ScratchNamespace scratch = await ScratchNamespace.CreateAsync();

        Link link = Assert.Single(await scratch.Route.ListLinksAsync(Token));

        Assert.Equal("lo", link.Name);
        Assert.True(link.IsUp);
        Assert.True(link.Flags.HasFlag(LinkFlags.Loopback));
        Assert.Equal(65536, link.MtuBytes);
        Assert.Null(link.Kind);
    }

    [Fact]
    public async Task Veth_AcrossTwoNamespaces_NamesItsPeer()
    {
        await using ScratchNamespace here = await ScratchNamespace.CreateAsync();
        await using ScratchNamespace there = await ScratchNamespace.CreateAsync();

        Link near = await here.Route.AddVethAsync("veth0", "eth0", there.Netns, Token);

        Link? far = await there.Route.GetLinkAsync("eth0", Token);
        Assert.NotNull(far);
        Assert.Equal("veth", far.Kind);
        Assert.Equal(far.Index, near.PeerIndex);
        Assert.Equal(near.Index, far.PeerIndex);
        Assert.NotNull(near.LinkNetnsId);
        Assert.Null(await here.Route.GetLinkAsync("eth0", Token));
    }
}
