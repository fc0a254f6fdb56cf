using System.Net;

namespace Fairlead.Netlink.Tests;

/// <summary>Callers' bugs are told before anything is sent: no kernel answers here.</summary>
public sealed class ArgumentTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("sixteen-bytes-xx")]
    [InlineData("ääääääää")]
    [InlineData("a/b")]
    [InlineData("a:b")]
    [InlineData("a b")]
    [InlineData("a\0b")]
    public async Task NameThatNoLinkCanHave_IsRefused(string name)
    {
        await using FakeKernel kernel = new();
        await using RouteSocket route = new(kernel.Client);

        await Assert.ThrowsAsync<ArgumentException>(async () => await route.GetLinkAsync(name, Token));
        await Assert.ThrowsAsync<ArgumentException>(async () => await route.AddBridgeAsync(name, null, Token));
        await Assert.ThrowsAsync<ArgumentException>(async () => await route.AddVethAsync("a", name, null, Token));
        LinkChange change = new() { Name = name };
        await Assert.ThrowsAsync<ArgumentException>(async () => await route.SetLinkAsync(1, change, Token));
    }

    [Fact]
    public async Task ValuesOutsideTheirRange_AreRefused()
    {
        await using FakeKernel kernel = new();
        await using RouteSocket route = new(kernel.Client);
        InterfaceAddress tooLong = new(IPAddress.Loopback, 33);
        LinkChange longAlias = new() { Alias = new string('a', 256) };
        Route noWeight = new() { Destination = IPNetwork.Parse("10.0.0.0/8"), NextHops = [new(1, null, Weight: 0)] };

        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await route.DeleteLinkAsync(0, Token));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await route.DeleteAddressAsync(1, tooLong, Token));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await route.DeleteAddressAsync(1, default, Token));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await route.SetLinkAsync(1, longAlias, Token));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await route.AddRouteAsync(noWeight, Token));
    }

    [Theory]
    [InlineData("pod1", "/run/netns/pod1")]
    [InlineData("/var/run/netns/pod1", "/var/run/netns/pod1")]
    [InlineData("./pod1", "./pod1")]
    public void PathOfNamespace_IsANamedOneOrThePathItself(string nameOrPath, string path) =>
        Assert.Equal(path, NetworkNamespace.PathOf(nameOrPath));

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(".")]
    [InlineData("..")]
    public void PathOfNoName_IsRefused(string nameOrPath) =>
        Assert.Throws<ArgumentException>(() => NetworkNamespace.PathOf(nameOrPath));
}
