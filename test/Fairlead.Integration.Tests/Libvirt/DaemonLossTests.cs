using System.Diagnostics;
using Fairlead.Libvirt;

namespace Fairlead.Integration.Tests.Libvirt;

public sealed class DaemonLossTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task DaemonKilled_EndsEverythingAndANewConnectionFindsTheGuest()
    {
        await using LibvirtNode node = await LibvirtNode.StartAsync();
        LibvirtConnection connection = await node.OpenAsync();
        using LibvirtEventSubscription<DomainEvent> events = await connection.SubscribeDomainEventsAsync(Cancellation);
        Domain guest = await connection.CreateDomainAsync(Xmls.Guest("web"), DomainStartFlags.Paused, Cancellation);
        DomainConsole console = await guest.OpenConsoleAsync(cancellationToken: Cancellation);
        Task<int> reading = console.ReadAsync(new byte[10], Cancellation).AsTask();

        await node.SignalDaemonAsync("KILL");
        Assert.Equal(
            ConnectionCloseReason.EndOfFile,
            await connection.Closed.WaitAsync(TimeSpan.FromSeconds(5), Cancellation)
        );
        LibvirtException lost = await Assert.ThrowsAsync<LibvirtException>(async () =>
        {
            await foreach (DomainEvent _ in events.ReadAllAsync(Cancellation)) { }
        });
        Assert.True(lost.IsConnectionLost && lost.IsTransient);
        Assert.True((await Assert.ThrowsAsync<LibvirtException>(() => reading)).IsConnectionLost);
        lost = await Assert.ThrowsAsync<LibvirtException>(() => guest.GetStateAsync(Cancellation));
        Assert.True(lost.IsConnectionLost, lost.Message);
        await console.DisposeAsync();
        await connection.DisposeAsync();
        Assert.Equal(ConnectionCloseReason.EndOfFile, await connection.Closed);

        await node.StartDaemonAsync();
        await using LibvirtConnection again = await node.OpenAsync();
        Domain found = Assert.Single(await again.ListDomainsAsync(Cancellation));
        Assert.Equal(guest.Uuid, found.Uuid);
        Assert.Equal(DomainState.Paused, (await found.GetStateAsync(Cancellation)).State);
        try
        {
            await found.DestroyAsync(cancellationToken: Cancellation);
        }
        catch (LibvirtException e) when (e.IsAbsent)
        {
            // The new daemon may still be taking its guests over; the guest then ends by "reason=daemon" before our request.
        }
        Assert.Null(await again.FindDomainAsync(found.Uuid, Cancellation));
    }

    [Fact]
    public async Task DaemonFrozen_IsGivenUpAfterTheKeepAliveTime()
    {
        await using LibvirtNode node = await LibvirtNode.StartAsync();
        await using LibvirtConnection connection = await node.OpenAsync(
            new LibvirtConnectionOptions { KeepAliveInterval = TimeSpan.FromSeconds(1), KeepAliveCount = 2 }
        );
        await node.SignalDaemonAsync("STOP");
        var watch = Stopwatch.StartNew();
        LibvirtException lost = await Assert.ThrowsAsync<LibvirtException>(() =>
            connection.ListDomainsAsync(Cancellation)
        );
        Assert.True(lost.IsConnectionLost, lost.Message);
        Assert.Equal(
            ConnectionCloseReason.KeepAlive,
            await connection.Closed.WaitAsync(TimeSpan.FromSeconds(5), Cancellation)
        );
        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(8));
    }

    [Fact]
    public async Task CallOfAFrozenDaemon_CanBeLeft()
    {
        await using LibvirtNode node = await LibvirtNode.StartAsync();
        await using LibvirtConnection connection = await node.OpenAsync();
        await node.SignalDaemonAsync("STOP");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromMilliseconds(200));
        _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connection.ListDomainsAsync(limit.Token));
        await node.SignalDaemonAsync("CONT");
        Assert.Empty(await connection.ListDomainsAsync(Cancellation));
    }
}
