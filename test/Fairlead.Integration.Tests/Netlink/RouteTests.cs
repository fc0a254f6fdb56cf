using System.Net;
using System.Text.Json;
using Fairlead.Netlink;

namespace Fairlead.Integration.Tests.Netlink;

public sealed class RouteTests
{
    private static readonly IPNetwork DefaultV4 = IPNetwork.Parse("0.0.0.0/0");
    private static readonly IPNetwork DefaultV6 = IPNetwork.Parse("::/0");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Routes_AddedOnLinkAndByGateway_AreAsIpRouteShowsThem()
    {
        await using Pair pair = await Pair.CreateAsync();
        RouteSocket route = pair.Here.Route;
        await route.AddRouteAsync(
            new Route { Destination = IPNetwork.Parse("169.254.1.1/32"), IfIndex = pair.IfIndex },
            Token
        );
        await route.AddRouteAsync(
            new Route
            {
                Destination = DefaultV4,
                Gateway = IPAddress.Parse("169.254.1.1"),
                IfIndex = pair.IfIndex,
                PreferredSource = IPAddress.Parse("10.1.0.2"),
                MtuBytes = 1400,
                Protocol = RouteProtocol.Static,
            },
            Token
        );
        await route.AddRouteAsync(new Route { Destination = DefaultV6, Gateway = IPAddress.Parse("fd01::1") }, Token);
        await route.AddRouteAsync(
            new Route
            {
                Destination = IPNetwork.Parse("10.9.0.0/16"),
                Type = RouteType.Unreachable,
                Metric = 77,
            },
            Token
        );

        IReadOnlyList<Route> routes = await route.ListRoutesAsync(cancellationToken: Token);

        Assert.Equal(await ShownAsync(pair), routes.Select(Describe).Order());
        Route byGateway = routes.Single(r => r.Destination == DefaultV4);
        Assert.Equal(1400, byGateway.MtuBytes);
        Assert.Equal(RouteProtocol.Static, byGateway.Protocol);
        Assert.Equal(RouteScope.Universe, byGateway.Scope);
        Assert.Equal("10.1.0.2", byGateway.PreferredSource?.ToString());
        Assert.Equal(RouteScope.Link, routes.Single(r => r.Destination.ToString() == "169.254.1.1/32").Scope);
        Assert.Equal(RouteProtocol.Boot, routes.Single(r => r.Destination == DefaultV6).Protocol);
        Assert.Equal(RouteType.Unreachable, routes.Single(r => r.Metric == 77).Type);
    }

    [Fact]
    public async Task EveryRoute_DeletedAsListed_AndPutBackAsListed_GivesTheSameList()
    {
        await using Pair pair = await Pair.CreateAsync();
        RouteSocket route = pair.Here.Route;
        await pair.Here.ExecAsync("ip route add default via 10.1.0.1 metric 50");
        await pair.Here.ExecAsync("ip route add 10.66.0.0/16 dev veth0 scope link src 10.1.0.2 mtu 1300");
        await pair.Here.ExecAsync("ip route add 10.67.0.0/16 via 192.168.9.9 dev veth0 onlink");
        await pair.Here.ExecAsync("ip route add 10.68.0.0/16 via inet6 fd01::9 dev veth0");
        await pair.Here.ExecAsync("ip -6 route add default via fd01::1");
        IReadOnlyList<Route> before = await route.ListRoutesAsync(cancellationToken: Token);

        // Last first: a gateway's own route goes after the routes that need it.
        foreach (Route each in before.Reverse())
            await route.DeleteRouteAsync(each, Token);
        IReadOnlyList<Route> between = await route.ListRoutesAsync(cancellationToken: Token);
        foreach (Route each in before.OrderBy(each => each.Gateway is not null))
            await route.AddRouteAsync(each, Token);

        Assert.Empty(between);
        IReadOnlyList<Route> after = await route.ListRoutesAsync(cancellationToken: Token);
        Assert.Equal(before.OrderBy(Describe), after.OrderBy(Describe));
    }

    [Fact]
    public async Task MultipathRoute_AddedAndListed_HasItsNextHops()
    {
        await using Pair pair = await Pair.CreateAsync();
        NextHop[] hops =
        [
            new(pair.IfIndex, IPAddress.Parse("10.1.0.1"), Weight: 2),
            new(pair.IfIndex, IPAddress.Parse("10.1.0.3")),
        ];
        Route multipath = new() { Destination = IPNetwork.Parse("10.50.0.0/16"), NextHops = hops };

        await pair.Here.Route.AddRouteAsync(multipath, Token);

        RouteFilter filter = new() { IfIndex = pair.IfIndex };
        IReadOnlyList<Route> routes = await pair.Here.Route.ListRoutesAsync(filter, Token);
        Route listed = routes.Single(r => r.Destination == multipath.Destination);
        Assert.Equal(hops, listed.NextHops);
        Assert.Null(listed.Gateway);
        JsonElement shown = (await pair.Here.IpAsync("route show 10.50.0.0/16"))[0].GetProperty("nexthops");
        Assert.Equal(2, shown.GetArrayLength());
        await pair.Here.Route.DeleteRouteAsync(multipath, Token);
        Assert.Empty((await pair.Here.IpAsync("route show 10.50.0.0/16")).EnumerateArray());
    }

    [Fact]
    public async Task OtherTables_AreListedWhenAskedFor()
    {
        await using Pair pair = await Pair.CreateAsync();
        RouteSocket route = pair.Here.Route;
        await route.AddRouteAsync(
            new Route
            {
                Destination = DefaultV4,
                IfIndex = pair.IfIndex,
                Table = 1000,
            },
            Token
        );

        Assert.DoesNotContain(await route.ListRoutesAsync(cancellationToken: Token), r => r.Destination == DefaultV4);
        Assert.Single(await route.ListRoutesAsync(new RouteFilter { Table = 1000 }, Token));
        Assert.Empty(await route.ListRoutesAsync(new RouteFilter { Table = 1001 }, Token));
        IReadOnlyList<Route> local = await route.ListRoutesAsync(new RouteFilter { Table = Route.LocalTable }, Token);
        Assert.Contains(local, r => r.Type == RouteType.Local && r.Destination.ToString() == "10.1.0.2/32");
        IReadOnlyList<Route> all = await route.ListRoutesAsync(new RouteFilter { Table = null }, Token);
        Assert.Superset(
            new HashSet<uint>([Route.MainTable, Route.LocalTable, 1000]),
            new HashSet<uint>(all.Select(r => r.Table))
        );
    }

    [Fact]
    public async Task Refusals_CarryTheKernelsCode()
    {
        await using Pair pair = await Pair.CreateAsync();
        RouteSocket route = pair.Here.Route;
        Route absent = new() { Destination = IPNetwork.Parse("10.77.0.0/16") };
        Route unreachable = absent with { Gateway = IPAddress.Parse("172.16.0.1") };

        NetlinkException gone = await Assert.ThrowsAsync<NetlinkException>(async () =>
            await route.DeleteRouteAsync(absent, Token)
        );
        NetlinkException noGateway = await Assert.ThrowsAsync<NetlinkException>(async () =>
            await route.AddRouteAsync(unreachable, Token)
        );

        Assert.Equal(Errno.ESRCH, gone.Errno);
        Assert.Equal(Errno.ENETUNREACH, noGateway.Errno);
        Assert.Equal("Nexthop has invalid gateway", noGateway.KernelMessage);
        Assert.StartsWith("add route to 10.77.0.0/16 via 172.16.0.1: ENETUNREACH", noGateway.Message);
    }

    [Fact]
    public async Task Neighbours_AreAsIpNeighShowsThem()
    {
        await using Pair pair = await Pair.CreateAsync();
        await pair.Here.ExecAsync("ip neigh add 10.1.0.9 lladdr 02:00:00:00:00:09 dev veth0 nud permanent");
        await pair.Here.ExecAsync("ip neigh add fd01::9 lladdr 02:00:00:00:00:19 dev veth0 nud permanent");

        IReadOnlyList<Neighbour> neighbours = await pair.Here.Route.ListNeighboursAsync(pair.IfIndex, Token);

        Neighbour v4 = neighbours.Single(n => n.Address.ToString() == "10.1.0.9");
        Assert.Equal("02:00:00:00:00:09", v4.MacAddress?.ToString());
        Assert.Equal(NeighbourState.Permanent, v4.State);
        Assert.Contains(neighbours, n => n.Address.ToString() == "fd01::9");
        Assert.Empty(await pair.Here.Route.ListNeighboursAsync(4711, Token));
    }

    private static async Task<IEnumerable<string>> ShownAsync(Pair pair)
    {
        List<string> shown = [];
        foreach ((string family, string any) in ((string, string)[])[("-4", "0.0.0.0/0"), ("-6", "::/0")])
        {
            foreach (JsonElement route in (await pair.Here.IpAsync($"{family} route")).EnumerateArray())
            {
                string destination = route.GetProperty("dst").GetString()!;
                if (destination == "default")
                    destination = any;
                else if (!destination.Contains('/'))
                    destination += family == "-4" ? "/32" : "/128";
                string gateway = route.TryGetProperty("gateway", out JsonElement via) ? via.GetString()! : "";
                uint metric = route.TryGetProperty("metric", out JsonElement m) ? m.GetUInt32() : 0;
                shown.Add($"{destination} {gateway} {metric}");
            }
        }
        return shown.Order();
    }

    private static string Describe(Route route) => $"{route.Destination} {route.Gateway} {route.Metric}";

    /// <summary>A veth pair between two namespaces, up, with 10.1.0.2/24 and fd01::2/64 on the near end.</summary>
    private sealed class Pair(ScratchNamespace here, ScratchNamespace there, int ifIndex) : IAsyncDisposable
    {
        public ScratchNamespace Here => here;

        public int IfIndex => ifIndex;

        public static async Task<Pair> CreateAsync()
        {
            ScratchNamespace here = await ScratchNamespace.CreateAsync();
            ScratchNamespace there = await ScratchNamespace.CreateAsync();
            Link near = await here.Route.AddVethAsync("veth0", "eth0", there.Netns, Token);
            LinkChange up = new() { Up = true, AddressGenerationMode = AddressGenerationMode.None };
            await there.Route.SetLinkAsync(near.PeerIndex!.Value, up, Token);
            await here.Route.SetLinkAsync(near.Index, up, Token);
            foreach (string address in (string[])["10.1.0.2/24", "fd01::2/64"])
            {
                await here.Route.AddAddressAsync(
                    near.Index,
                    InterfaceAddress.Parse(address),
                    AddressFlags.NoDuplicateDetection,
                    Token
                );
            }
            return new Pair(here, there, near.Index);
        }

        public async ValueTask DisposeAsync()
        {
            await here.DisposeAsync();
            await there.DisposeAsync();
        }
    }
}
