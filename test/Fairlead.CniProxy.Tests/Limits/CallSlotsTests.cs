using Fairlead.CniProxy.Limits;

namespace Fairlead.CniProxy.Tests.Limits;

public sealed class CallSlotsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OnePeer_HasSoManyAtOnce_InOrderOfArrival()
    {
        CallSlots slots = new(mostOfOne: 2, mostInAll: 10);
        IDisposable first = await slots.EnterAsync("a", Cancellation);
        _ = await slots.EnterAsync("a", Cancellation);
        Task<IDisposable> third = slots.EnterAsync("a", Cancellation);
        Task<IDisposable> fourth = slots.EnterAsync("a", Cancellation);

        Assert.False(third.IsCompleted);
        first.Dispose();
        first.Dispose(); // counts once
        _ = await third;

        Assert.False(fourth.IsCompleted);
        _ = await slots.EnterAsync("b", Cancellation);
    }

    [Fact]
    public async Task AllTogether_HaveSoMany_AndTheTurnGoesRound()
    {
        CallSlots slots = new(mostOfOne: 2, mostInAll: 2);
        Queue<IDisposable> running = [];
        running.Enqueue(await slots.EnterAsync("greedy", Cancellation));
        running.Enqueue(await slots.EnterAsync("greedy", Cancellation));
        List<string> order = [];
        Task[] waiting =
        [
            .. ((string[])["greedy", "greedy", "greedy", "b", "c", "b"]).Select(async peer =>
            {
                IDisposable place = await slots.EnterAsync(peer, Cancellation);
                lock (order)
                {
                    order.Add(peer);
                    running.Enqueue(place);
                }
            }),
        ];

        for (int served = 1; served <= waiting.Length; served++)
        {
            lock (order)
                running.Dequeue().Dispose();
            while (true)
            {
                lock (order)
                {
                    if (order.Count == served)
                        break;
                }

                await Task.Yield();
            }
        }

        await Task.WhenAll(waiting);
        // Nobody waits for all of the greedy one's calls.
        Assert.True(order.IndexOf("c") <= 2, string.Join(' ', order));
        Assert.True(order.LastIndexOf("b") < order.LastIndexOf("greedy"), string.Join(' ', order));
    }

    [Fact]
    public async Task CallerThatGoesAwayWhileItWaits_TakesNoPlace()
    {
        CallSlots slots = new(mostOfOne: 1, mostInAll: 1);
        IDisposable running = await slots.EnterAsync("a", Cancellation);
        using CancellationTokenSource gone = new();
        Task<IDisposable> waiting = slots.EnterAsync("b", gone.Token);
        Task<IDisposable> next = slots.EnterAsync("c", Cancellation);

        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        running.Dispose();
        (await next).Dispose();
        (await slots.EnterAsync("b", Cancellation)).Dispose();
    }

    [Fact]
    public void Connections_AreCountedByCaller()
    {
        ConnectionPlaces places = new();
        IDisposable?[] taken =
        [
            .. Enumerable.Range(0, ConnectionPlaces.MostOfOneCaller).Select(_ => places.TryEnter("a")),
        ];

        Assert.DoesNotContain(null, taken);
        Assert.Null(places.TryEnter("a"));
        Assert.NotNull(places.TryEnter("b"));
        taken[0]!.Dispose();
        Assert.NotNull(places.TryEnter("a"));
    }
}
