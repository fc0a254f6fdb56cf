using System.Text.Json;
using Fairlead.Netlink;

namespace Fairlead.Integration.Tests.Netlink;

public sealed class AddressTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Addresses_OfBothFamilies_AreAsIpAddrShowsThem()
    {
        await using ScratchNamespace scratch = await ScratchNamespace.CreateAsync();
        Link link = await AddUpBridgeAsync(scratch);
        await scratch.Route.AddAddressAsync(
            link.Index,
            InterfaceAddress.Parse("10.244.1.7/24"),
            cancellationToken: Token
        );
        await scratch.Route.AddAddressAsync(
            link.Index,
            InterfaceAddress.Parse("10.99.0.1/32"),
            cancellationToken: Token
        );
        await scratch.Route.AddAddressAsync(
            link.Index,
            InterfaceAddress.Parse("fd00:10:244::7/64"),
            AddressFlags.NoDuplicateDetection,
            Token
        );
        await scratch.ExecAsync("ip addr add 10.5.0.1/24 brd + dev br0 valid_lft 3600 preferred_lft 1800");

        IReadOnlyList<AssignedAddress> addresses = await scratch.Route.ListAddressesAsync(link.Index, Token);

        JsonElement shown = (await scratch.IpAsync("addr show br0"))[0].GetProperty("addr_info");
        Assert.Equal(
            shown.EnumerateArray().Select(a => $"{a.GetProperty("local")}/{a.GetProperty("prefixlen")}").Order(),
            addresses.Select(a => a.Address.ToString()).Order()
        );
        AssignedAddress limited = addresses.Single(a => a.Address == InterfaceAddress.Parse("10.5.0.1/24"));
        Assert.Equal("10.5.0.255", limited.Broadcast?.ToString());
        Assert.Equal("br0", limited.Label);
        Assert.InRange(limited.ValidLifetime!.Value.TotalSeconds, 3500, 3600);
        Assert.InRange(limited.PreferredLifetime!.Value.TotalSeconds, 1700, 1800);
        AssignedAddress v6 = addresses.Single(a => a.Address == InterfaceAddress.Parse("fd00:10:244::7/64"));
        Assert.Equal(
            AddressFlags.NoDuplicateDetection | AddressFlags.Permanent,
            v6.Flags & (AddressFlags.NoDuplicateDetection | AddressFlags.Permanent | AddressFlags.Tentative)
        );
        Assert.Null(v6.ValidLifetime);
        Assert.Equal(RouteScope.Universe, v6.Scope);
    }

    [Fact]
    public async Task AllLinks_AreListedWithoutALink_AndAnAbsentOneHasNone()
    {
        await using ScratchNamespace scratch = await ScratchNamespace.CreateAsync();
        Link link = await AddUpBridgeAsync(scratch);
        await scratch.Route.AddAddressAsync(link.Index, InterfaceAddress.Parse("10.0.0.1/8"), cancellationToken: Token);

        IReadOnlyList<AssignedAddress> all = await scratch.Route.ListAddressesAsync(cancellationToken: Token);

        Assert.Contains(all, a => a.Address.ToString() == "127.0.0.1/8" && a.Scope == RouteScope.Host);
        Assert.Contains(all, a => a.Address.ToString() == "::1/128");
        Assert.Contains(all, a => a.Address.ToString() == "10.0.0.1/8" && a.IfIndex == link.Index);
        Assert.Empty(await scratch.Route.ListAddressesAsync(4711, Token));
    }

    [Fact]
    public async Task Address_AddedTwice_SaysExists_DeletedTwice_SaysNotAvailable()
    {
        await using ScratchNamespace scratch = await ScratchNamespace.CreateAsync();
        Link link = await AddUpBridgeAsync(scratch);
        foreach (string text in (string[])["10.1.2.3/24", "fd00::3/64"])
        {
            InterfaceAddress address = InterfaceAddress.Parse(text);
            await scratch.Route.AddAddressAsync(link.Index, address, cancellationToken: Token);
            NetlinkException twice = await Assert.ThrowsAsync<NetlinkException>(async () =>
                await scratch.Route.AddAddressAsync(link.Index, address, cancellationToken: Token)
            );
            Assert.Equal(Errno.EEXIST, twice.Errno);

            await scratch.Route.DeleteAddressAsync(link.Index, address, Token);

            NetlinkException gone = await Assert.ThrowsAsync<NetlinkException>(async () =>
                await scratch.Route.DeleteAddressAsync(link.Index, address, Token)
            );
            Assert.Equal(Errno.EADDRNOTAVAIL, gone.Errno);
            Assert.StartsWith(
                $"delete address {text} on link {link.Index}: EADDRNOTAVAIL (Cannot assign requested address)",
                gone.Message
            );
        }
        NetlinkException noLink = await Assert.ThrowsAsync<NetlinkException>(async () =>
            await scratch.Route.DeleteAddressAsync(4711, InterfaceAddress.Parse("10.1.2.3/24"), Token)
        );
        Assert.Equal(Errno.ENODEV, noLink.Errno);
    }

    [Fact]
    public async Task Address_WithAPeer_IsListedWithIt_AndDeletedAsListed()
    {
        await using ScratchNamespace scratch = await ScratchNamespace.CreateAsync();
        Link link = await AddUpBridgeAsync(scratch);
        await scratch.ExecAsync("ip addr add 10.7.0.1 peer 10.8.0.2/24 dev br0");
        await scratch.ExecAsync("ip addr add fd07::1 peer fd08::2/64 dev br0 nodad");

        IReadOnlyList<AssignedAddress> listed = await scratch.Route.ListAddressesAsync(link.Index, Token);

        AssignedAddress v4 = listed.Single(a => a.Peer?.ToString() == "10.8.0.2");
        AssignedAddress v6 = listed.Single(a => a.Peer?.ToString() == "fd08::2");
        Assert.Equal("10.7.0.1/24", v4.Address.ToString());
        Assert.Equal("fd07::1/64", v6.Address.ToString());
        foreach (AssignedAddress address in listed)
            await scratch.Route.DeleteAddressAsync(address, Token);
        Assert.Empty(await scratch.Route.ListAddressesAsync(link.Index, Token));
    }

    private static async Task<Link> AddUpBridgeAsync(ScratchNamespace scratch)
    {
        Link link = await scratch.Route.AddBridgeAsync("br0", cancellationToken: Token);
        LinkChange change = new() { Up = true, AddressGenerationMode = AddressGenerationMode.None };
        await scratch.Route.SetLinkAsync(link.Index, change, Token);
        return link;
    }
}
