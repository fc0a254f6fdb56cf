using System.Threading.Channels;
using static Fairlead.Libvirt.Tests.TestDriver;

namespace Fairlead.Libvirt.Tests;

public sealed class EventTests
{
    [Fact]
    public async Task DomainLifecycle_ComesInOrderWithDetails()
    {
        await using LibvirtConnection connection = await OpenAsync();
        using LibvirtEventSubscription<DomainEvent> subscription = await connection.SubscribeDomainEventsAsync(
            Cancellation
        );
        string name = UniqueName();
        Domain domain = await connection.DefineDomainAsync(DomainXml(name), cancellationToken: Cancellation);
        await domain.StartAsync(cancellationToken: Cancellation);
        await domain.SuspendAsync(Cancellation);
        await domain.ResumeAsync(Cancellation);
        await domain.DestroyAsync(cancellationToken: Cancellation);
        await domain.UndefineAsync(cancellationToken: Cancellation);

        (DomainLifecycle, DomainLifecycleDetail)[] expected =
        [
            (DomainLifecycle.Defined, DomainLifecycleDetail.DefinedAdded),
            (DomainLifecycle.Started, DomainLifecycleDetail.StartedBooted),
            (DomainLifecycle.Suspended, DomainLifecycleDetail.SuspendedPaused),
            (DomainLifecycle.Resumed, DomainLifecycleDetail.ResumedUnpaused),
            (DomainLifecycle.Stopped, DomainLifecycleDetail.StoppedDestroyed),
            (DomainLifecycle.Undefined, DomainLifecycleDetail.UndefinedRemoved),
        ];
        List<DomainLifecycleEvent> seen = await ReadAsync(subscription, domain, expected.Length);
        Assert.Equal(expected, seen.Select(e => (e.Kind, e.Detail)));
        Assert.All(seen, e => Assert.Equal(name, e.Domain.Name));
    }

    [Fact]
    public async Task NetworkLifecycle_ComesInOrder()
    {
        await using LibvirtConnection connection = await OpenAsync();
        using LibvirtEventSubscription<NetworkLifecycleEvent> subscription =
            await connection.SubscribeNetworkEventsAsync(Cancellation);
        Network network = await connection.DefineNetworkAsync(NetworkXml(UniqueName()), Cancellation);
        await network.StartAsync(Cancellation);
        await network.DestroyAsync(Cancellation);
        await network.UndefineAsync(Cancellation);

        List<NetworkLifecycle> seen = [];
        await foreach (NetworkLifecycleEvent e in subscription.ReadAllAsync(Cancellation))
        {
            if (!e.Network.Equals(network))
                continue;
            seen.Add(e.Kind);
            if (e.Kind == NetworkLifecycle.Undefined)
                break;
        }
        Assert.Equal(
            [NetworkLifecycle.Defined, NetworkLifecycle.Started, NetworkLifecycle.Stopped, NetworkLifecycle.Undefined],
            seen
        );
    }

    [Fact]
    public async Task TwoSubscriptions_BothGetTheEvent()
    {
        await using LibvirtConnection connection = await OpenAsync();
        using LibvirtEventSubscription<DomainEvent> first = await connection.SubscribeDomainEventsAsync(Cancellation);
        using LibvirtEventSubscription<DomainEvent> second = await connection.SubscribeDomainEventsAsync(Cancellation);
        Domain domain = await connection.CreateDomainAsync(DomainXml(UniqueName()), cancellationToken: Cancellation);
        await domain.DestroyAsync(cancellationToken: Cancellation);
        Assert.Equal(2, (await ReadAsync(first, domain, 2)).Count);
        Assert.Equal(2, (await ReadAsync(second, domain, 2)).Count);
    }

    [Fact]
    public async Task SubscriptionDisposed_EndsItsReader()
    {
        await using LibvirtConnection connection = await OpenAsync();
        LibvirtEventSubscription<DomainEvent> subscription = await connection.SubscribeDomainEventsAsync(Cancellation);
        subscription.Dispose();
        subscription.Dispose();
        while (subscription.Reader.TryRead(out _)) { }
        await subscription.Reader.Completion.WaitAsync(Cancellation);
    }

    [Fact]
    public async Task ConnectionDisposed_EndsTheReader()
    {
        LibvirtConnection connection = await OpenAsync();
        LibvirtEventSubscription<DomainEvent> subscription = await connection.SubscribeDomainEventsAsync(Cancellation);
        ChannelReader<DomainEvent> reader = subscription.Reader;
        await connection.DisposeAsync();
        while (reader.TryRead(out _)) { }
        await reader.Completion.WaitAsync(Cancellation);
        subscription.Dispose();
    }

    [Fact]
    public async Task Watch_EndsWhenCancelled()
    {
        LibvirtConnection connection = await OpenAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        Task watching = Task.Run(
            async () =>
            {
                await foreach (DomainEvent _ in connection.WatchDomainEventsAsync(stop.Token)) { }
            },
            Cancellation
        );
        await stop.CancelAsync();
        _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);
        await connection.DisposeAsync();
        Assert.Equal(0, connection.Handle.RemainingReferences);
    }

    private static async Task<List<DomainLifecycleEvent>> ReadAsync(
        LibvirtEventSubscription<DomainEvent> subscription,
        Domain domain,
        int count
    )
    {
        List<DomainLifecycleEvent> seen = [];
        while (seen.Count < count)
        {
            // Other tests share the driver's world: their domains' events come too.
            DomainEvent e = await subscription
                .Reader.ReadAsync(Cancellation)
                .AsTask()
                .WaitAsync(TimeSpan.FromSeconds(10), Cancellation);
            if (e is DomainLifecycleEvent lifecycle && e.Domain.Equals(domain))
                seen.Add(lifecycle);
        }
        return seen;
    }
}
