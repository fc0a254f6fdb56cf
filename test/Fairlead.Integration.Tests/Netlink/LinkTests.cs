using System.Text.Json;
using Fairlead.Netlink;
using Fairlead.Testing;

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
        Assert.NotNull(link.Statistics);
    }

    [Fact]
    public async Task Links_OfSeveralKinds_AreAsIpLinkShowsThem()
    {
        await using ScratchNamespace scratch = await ScratchNamespace.CreateAsync();
        Link bridge = await scratch.Route.AddBridgeAsync("br0", cancellationToken: Token);
        Link veth = await scratch.Route.AddVethAsync("veth0", "veth1", cancellationToken: Token);
        LinkChange change = new()
        {
            Up = true,
            MasterIndex = bridge.Index,
            MtuBytes = 1400,
            Alias = "fairlead:märz",
        };
        await scratch.Route.SetLinkAsync(veth.Index, change, Token);
        await scratch.Route.SetLinkAsync(bridge.Index, new LinkChange { Up = true }, Token);

        JsonElement shown = await scratch.IpAsync("link");
        IReadOnlyList<Link> links = await scratch.Route.ListLinksAsync(Token);

        Assert.Equal(shown.GetArrayLength(), links.Count);
        foreach (JsonElement expected in shown.EnumerateArray())
            AssertSame(expected, links.Single(link => link.Index == expected.GetProperty("ifindex").GetInt32()), links);
    }

    [Fact]
    public async Task BridgeThatKnowsAStation_ListsItBehindItsPort()
    {
        await using ScratchNamespace scratch = await ScratchNamespace.CreateAsync();
        Link bridge = await scratch.Route.AddBridgeAsync("br0", cancellationToken: Token);
        Link port = await scratch.Route.AddVethAsync("veth0", "veth1", cancellationToken: Token);
        await scratch.Route.SetLinkAsync(port.Index, new LinkChange { MasterIndex = bridge.Index }, Token);
        MacAddress station = MacAddress.Parse("02:00:00:00:00:09");
        await scratch.ExecAsync($"bridge fdb add {station} dev veth0 master static");

        IReadOnlyList<ForwardingEntry> entries = await scratch.Route.ListForwardingEntriesAsync(bridge.Index, Token);

        Assert.False(entries.Single(e => e.MacAddress == station && e.PortIndex == port.Index).IsLocal);
        Assert.True(entries.First(e => e.MacAddress == port.MacAddress).IsLocal);
        Assert.Empty(await scratch.Route.ListForwardingEntriesAsync(port.Index, Token));
        Assert.Empty(await scratch.Route.ListForwardingEntriesAsync(4711, Token));
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

    [Fact]
    public async Task Bridge_WithOptions_HasThem()
    {
        await using ScratchNamespace scratch = await ScratchNamespace.CreateAsync();
        BridgeOptions options = new()
        {
            MacAddress = MacAddress.Parse("02:00:00:00:00:01"),
            MtuBytes = 1450,
            SpanningTree = true,
            ForwardDelay = TimeSpan.FromSeconds(4),
            AgeingTime = TimeSpan.FromSeconds(20),
            MulticastSnooping = false,
            GroupForwardMask = 0x4000,
        };

        Link bridge = await scratch.Route.AddBridgeAsync("br0", options, Token);

        Assert.Equal(options.MacAddress, bridge.MacAddress);
        Assert.Equal(1450, bridge.MtuBytes);
        JsonElement data = (await scratch.IpAsync("link show br0"))[0].GetProperty("linkinfo").GetProperty("info_data");
        Assert.Equal(1, data.GetProperty("stp_state").GetInt32());
        Assert.Equal(400, data.GetProperty("forward_delay").GetInt32());
        Assert.Equal(2000, data.GetProperty("ageing_time").GetInt32());
        Assert.Equal(0, data.GetProperty("mcast_snooping").GetInt32());
        Assert.Equal("0x4000", data.GetProperty("group_fwd_mask").GetString());
    }

    [Fact]
    public async Task Port_EnslavedAndReleased_ComesAndGoesAtItsBridge()
    {
        await using ScratchNamespace scratch = await ScratchNamespace.CreateAsync();
        Link bridge = await scratch.Route.AddBridgeAsync("br0", cancellationToken: Token);
        Link port = await scratch.Route.AddVethAsync("veth0", "veth1", cancellationToken: Token);

        await scratch.Route.SetLinkAsync(port.Index, new LinkChange { MasterIndex = bridge.Index }, Token);
        Assert.Equal(bridge.Index, (await scratch.Route.GetLinkAsync(port.Index, Token))?.MasterIndex);
        Assert.Equal(
            ["veth0"],
            (await scratch.Route.ListLinksAsync(Token)).Where(l => l.MasterIndex == bridge.Index).Select(l => l.Name)
        );

        await scratch.Route.SetLinkAsync(port.Index, new LinkChange { MasterIndex = 0 }, Token);
        Assert.Null((await scratch.Route.GetLinkAsync(port.Index, Token))?.MasterIndex);
    }

    [Fact]
    public async Task Link_Altered_HasItAll_AndTheAliasCanBeRemoved()
    {
        await using ScratchNamespace scratch = await ScratchNamespace.CreateAsync();
        Link veth = await scratch.Route.AddVethAsync("veth0", "veth1", cancellationToken: Token);
        LinkChange change = new()
        {
            Name = "fifteen-bytes-x",
            MacAddress = MacAddress.Parse("52:54:00:aa:bb:cc"),
            MtuBytes = 9000,
            Alias = new string('a', 255),
        };

        await scratch.Route.SetLinkAsync(veth.Index, change, Token);
        await scratch.Route.SetLinkAsync(veth.Index, change, Token); // twice changes nothing

        Link? altered = await scratch.Route.GetLinkAsync("fifteen-bytes-x", Token);
        Assert.NotNull(altered);
        Assert.Equal(veth.Index, altered.Index);
        Assert.Equal(change.MacAddress, altered.MacAddress);
        Assert.Equal(9000, altered.MtuBytes);
        Assert.Equal(change.Alias, altered.Alias);
        await scratch.Route.SetLinkAsync(veth.Index, new LinkChange { Alias = "" }, Token);
        Assert.Null((await scratch.Route.GetLinkAsync(veth.Index, Token))?.Alias);
    }

    [Fact]
    public async Task UpWithAddressGenerationNone_MakesNoLinkLocalAddress()
    {
        await using ScratchNamespace scratch = await ScratchNamespace.CreateAsync();
        Link near = await scratch.Route.AddVethAsync("veth0", "veth1", cancellationToken: Token);
        LinkChange up = new() { Up = true };
        await scratch.Route.SetLinkAsync(near.PeerIndex!.Value, up, Token);

        await scratch.Route.SetLinkAsync(
            near.Index,
            up with
            {
                AddressGenerationMode = AddressGenerationMode.None,
            },
            Token
        );

        Link? link = await scratch.Route.GetLinkAsync(near.Index, Token);
        Assert.Equal(AddressGenerationMode.None, link?.AddressGenerationMode);
        Assert.Equal(OperationalState.Up, link?.OperationalState);
        // The kernel makes it a moment after the link is up (addrconf_wq); by then the other one would have its own too.
        await Eventually.Async(
            async () => await scratch.Route.ListAddressesAsync(near.PeerIndex.Value, Token) is [_],
            TimeSpan.FromSeconds(20),
            "the peer has a link-local address"
        );
        Assert.Empty(await scratch.Route.ListAddressesAsync(near.Index, Token));
    }

    [Fact]
    public async Task Link_Moved_IsInTheOtherNamespaceOnly()
    {
        await using ScratchNamespace here = await ScratchNamespace.CreateAsync();
        await using ScratchNamespace there = await ScratchNamespace.CreateAsync();
        Link veth = await here.Route.AddVethAsync("veth0", "veth1", cancellationToken: Token);

        await here.Route.MoveLinkAsync(veth.Index, there.Netns, Token);

        Assert.Null(await here.Route.GetLinkAsync("veth0", Token));
        Assert.NotNull(await there.Route.GetLinkAsync("veth0", Token));
    }

    [Fact]
    public async Task Link_DeletedTwice_SaysNoDevice()
    {
        await using ScratchNamespace scratch = await ScratchNamespace.CreateAsync();
        Link veth = await scratch.Route.AddVethAsync("veth0", "veth1", cancellationToken: Token);

        await scratch.Route.DeleteLinkAsync(veth.Index, Token);

        NetlinkException gone = await Assert.ThrowsAsync<NetlinkException>(async () =>
            await scratch.Route.DeleteLinkAsync(veth.Index, Token)
        );
        Assert.Equal(Errno.ENODEV, gone.Errno);
        Assert.False(gone.IsTransient);
        Assert.StartsWith($"delete link {veth.Index}: ENODEV (No such device)", gone.Message);
        Assert.Single(await scratch.Route.ListLinksAsync(Token));
        Assert.Null(await scratch.Route.GetLinkAsync("veth0", Token));
        Assert.Null(await scratch.Route.GetLinkAsync(veth.Index, Token));
    }

    [Fact]
    public async Task Refusals_CarryTheKernelsCodeAndText()
    {
        await using ScratchNamespace scratch = await ScratchNamespace.CreateAsync();
        Link veth = await scratch.Route.AddVethAsync("veth0", "veth1", cancellationToken: Token);

        NetlinkException exists = await Assert.ThrowsAsync<NetlinkException>(async () =>
            await scratch.Route.AddBridgeAsync("veth0", cancellationToken: Token)
        );
        NetlinkException invalid = await Assert.ThrowsAsync<NetlinkException>(async () =>
            await scratch.Route.SetLinkAsync(veth.Index, new LinkChange { MtuBytes = 10 }, Token)
        );

        Assert.Equal(Errno.EEXIST, exists.Errno);
        Assert.Equal(Errno.EINVAL, invalid.Errno);
        Assert.Equal("mtu less than device minimum", invalid.KernelMessage);
        Assert.Equal(
            $"set link {veth.Index}: EINVAL (Invalid argument): mtu less than device minimum",
            invalid.Message
        );
    }

    [Fact]
    public async Task SixtyFourLinks_AreAllListed()
    {
        await using ScratchNamespace scratch = await ScratchNamespace.CreateAsync();
        for (int i = 0; i < 64; i++)
            await scratch.Route.AddBridgeAsync($"br{i}", cancellationToken: Token);

        IReadOnlyList<Link> links = await scratch.Route.ListLinksAsync(Token);

        Assert.Equal(65, links.Count);
        Assert.Equal(65, links.Select(link => link.Index).Distinct().Count());
        Assert.All(Enumerable.Range(0, 64), i => Assert.Contains(links, link => link.Name == $"br{i}"));
    }

    private static void AssertSame(JsonElement expected, Link link, IReadOnlyList<Link> all)
    {
        Assert.Equal(expected.GetProperty("ifname").GetString(), link.Name);
        Assert.Equal(expected.GetProperty("mtu").GetInt32(), link.MtuBytes);
        Assert.Equal(expected.GetProperty("address").GetString(), link.MacAddress?.ToString());
        Assert.Equal(
            expected.GetProperty("operstate").GetString(),
            link.OperationalState.ToString().ToUpperInvariant()
        );
        Assert.Equal(Text(expected, "ifalias"), link.Alias);
        Assert.Equal(Text(expected, "master"), all.SingleOrDefault(l => l.Index == link.MasterIndex)?.Name);
        Assert.Equal(Text(expected, "link"), all.SingleOrDefault(l => l.Index == link.PeerIndex)?.Name);
        Assert.Equal(Text(expected, "inet6_addr_gen_mode"), link.AddressGenerationMode?.ToString().ToLowerInvariant());
        string? kind = expected.TryGetProperty("linkinfo", out JsonElement info) ? Text(info, "info_kind") : null;
        Assert.Equal(kind, link.Kind);
        bool isUp = expected.GetProperty("flags").EnumerateArray().Any(flag => flag.GetString() == "UP");
        Assert.Equal(isUp, link.IsUp);
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;
}
