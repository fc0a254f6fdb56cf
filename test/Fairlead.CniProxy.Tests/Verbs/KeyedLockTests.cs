using Fairlead.CniProxy.Verbs;

namespace Fairlead.CniProxy.Tests.Verbs;

public sealed class KeyedLockTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly KeyedLock _locks = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SameKey_OneAtATimeInOrderOfArrival()
    {
        List<int> order = [];
        IDisposable held = await _locks.EnterAsync("a", Cancellation);
        Task[] waiting = [.. Enumerable.Range(0, 5).Select(WaitAsync)];
        Assert.Empty(order);

        held.Dispose();
        await Task.WhenAll(waiting).WaitAsync(s_patience, Cancellation);

        Assert.Equal([0, 1, 2, 3, 4], order);

        async Task WaitAsync(int number)
        {
            using IDisposable turn = await _locks.EnterAsync("a", Cancellation);
            order.Add(number);
            await Task.Yield();
        }
    }

    [Fact]
    public async Task OtherKeys_DoNotWait()
    {
        using IDisposable held = await _locks.EnterAsync("a", Cancellation);

        using IDisposable other = await _locks.EnterAsync("b", Cancellation).WaitAsync(s_patience, Cancellation);
    }

    [Fact]
    public async Task CancelledWaiter_LetsTheNextIn()
    {
        IDisposable held = await _locks.EnterAsync("a", Cancellation);
        using CancellationTokenSource giveUp = new();
        Task<IDisposable> impatient = _locks.EnterAsync("a", giveUp.Token);
        Task<IDisposable> patient = _locks.EnterAsync("a", Cancellation);

        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        Assert.False(patient.IsCompleted);
        held.Dispose();

        using IDisposable turn = await patient.WaitAsync(s_patience, Cancellation);
    }

    [Fact]
    public async Task TryEnter_TakesOnlyAFreeKey()
    {
        IDisposable held = await _locks.EnterAsync("a", Cancellation);
        Assert.Null(_locks.TryEnter("a"));
        held.Dispose();
        Assert.True(_locks.IsIdle);

        using IDisposable? turn = _locks.TryEnter("a");

        Assert.NotNull(turn);
        Assert.False(_locks.IsIdle);
        Assert.False(_locks.EnterAsync("a", Cancellation).IsCompleted);
    }

    [Fact]
    public async Task FreedKey_CanBeHeldAgain()
    {
        for (int i = 0; i < 3; i++)
            using (await _locks.EnterAsync("a", Cancellation).WaitAsync(s_patience, Cancellation))
                continue;
    }
}
