using Fairlead.Netlink;

namespace Fairlead.Integration.Tests.Netlink;

public sealed class RouteMonitorTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Changes_AreTold_OfLinksAddressesAndRoutes()
    {
        await using ScratchNamespace scratch = await ScratchNamespace.CreateAsync();
        await using RouteMonitor monitor = await RouteMonitor.OpenAsync(scratch.Netns, cancellationToken: Token);
        InterfaceAddress address = InterfaceAddress.Parse("10.3.0.1/24");

        Link bridge = await scratch.Route.AddBridgeAsync("br0", cancellationToken: Token);
        await scratch.Route.SetLinkAsync(bridge.Index, new LinkChange { Up = true }, Token);
        await scratch.Route.AddAddressAsync(bridge.Index, address, cancellationToken: Token);
        await scratch.Route.DeleteAddressAsync(bridge.Index, address, Token);
        await scratch.Route.DeleteLinkAsync(bridge.Index, Token);

        List<RouteEvent> events = await ReadUntilAsync(
            monitor,
            e => e is LinkEvent { Change: RouteEventChange.Removed } link && link.Link.Name == "br0"
        );
        Assert.Contains(events, e => e is LinkEvent { Link: { Name: "br0", IsUp: true } });
        Assert.Contains(
            events,
            e => e is AddressEvent { Change: RouteEventChange.Present } a && a.Address.Address == address
        );
        Assert.Contains(
            events,
            e => e is AddressEvent { Change: RouteEventChange.Removed } a && a.Address.Address == address
        );
        Assert.Contains(
            events,
            e =>
                e is RouteTableEvent { Change: RouteEventChange.Present, Route.Table: Route.MainTable } r
                && r.Route.Destination == address.Network
        );
        Assert.DoesNotContain(events, e => e is ResyncEvent);
    }

    [Fact]
    public async Task PortThatLeavesItsBridge_IsNotToldAsARemovedLink()
    {
        await using ScratchNamespace scratch = await ScratchNamespace.CreateAsync();
        Link bridge = await scratch.Route.AddBridgeAsync("br0", cancellationToken: Token);
        Link port = await scratch.Route.AddVethAsync("veth0", "veth1", cancellationToken: Token);
        await scratch.Route.SetLinkAsync(port.Index, new LinkChange { MasterIndex = bridge.Index, Up = true }, Token);
        await using RouteMonitor monitor = await RouteMonitor.OpenAsync(scratch.Netns, RouteGroups.Links, Token);

        await scratch.Route.SetLinkAsync(port.Index, new LinkChange { MasterIndex = 0 }, Token);
        await scratch.Route.SetLinkAsync(port.Index, new LinkChange { Alias = "done" }, Token);

        List<RouteEvent> events = await ReadUntilAsync(monitor, e => e is LinkEvent { Link.Alias: "done" });
        Assert.DoesNotContain(events, e => e is LinkEvent { Change: RouteEventChange.Removed });
    }

    [Fact]
    public async Task Overrun_IsToldAsResync_AndTheMonitorGoesOn()
    {
        await using ScratchNamespace scratch = await ScratchNamespace.CreateAsync();
        await using RouteMonitor monitor = await RouteMonitor.OpenAsync(scratch.Netns, RouteGroups.Links, Token);
        Link bridge = await scratch.Route.AddBridgeAsync("br0", cancellationToken: Token);
        await scratch.Route.SetLinkAsync(bridge.Index, new LinkChange { Up = true }, Token);
        for (int i = 0; i < 4000; i++)
            await scratch.Route.SetLinkAsync(bridge.Index, new LinkChange { Alias = $"alias {i}" }, Token);

        await ReadUntilAsync(monitor, e => e is ResyncEvent);

        await scratch.Route.SetLinkAsync(bridge.Index, new LinkChange { Alias = "after" }, Token);
        await ReadUntilAsync(monitor, e => e is LinkEvent { Link.Alias: "after" });
    }

    [Fact]
    public async Task WaitingReader_EndsWhenCancelled_AndWhenDisposed()
    {
        await using ScratchNamespace scratch = await ScratchNamespace.CreateAsync();
        RouteMonitor monitor = await RouteMonitor.OpenAsync(scratch.Netns, cancellationToken: Token);
        using CancellationTokenSource cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);

        Task<RouteEvent> cancelled = FirstAsync(monitor, cancel.Token);
        Assert.False(cancelled.IsCompleted);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);

        Task<RouteEvent> disposed = FirstAsync(monitor, Token);
        Assert.False(disposed.IsCompleted);
        await monitor.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => disposed);
    }

    private static async Task<RouteEvent> FirstAsync(RouteMonitor monitor, CancellationToken token)
    {
        await foreach (RouteEvent routeEvent in monitor.ReadAllAsync(token))
            return routeEvent;
        throw new InvalidOperationException("The monitor ended.");
    }

    private static async Task<List<RouteEvent>> ReadUntilAsync(RouteMonitor monitor, Predicate<RouteEvent> isLast)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        List<RouteEvent> events = [];
        await foreach (RouteEvent routeEvent in monitor.ReadAllAsync(limit.Token))
        {
            events.Add(routeEvent);
            if (isLast(routeEvent))
                break;
        }
        return events;
    }
}
