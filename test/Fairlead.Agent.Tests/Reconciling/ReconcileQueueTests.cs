using Fairlead.Agent.Reconciling;
using Fairlead.Crds;

namespace Fairlead.Agent.Tests.Reconciling;

public sealed class ReconcileQueueTests : IDisposable
{
    private static readonly VirtualMachineKey s_web = Sample.Key("web");
    private static readonly VirtualMachineKey s_db = Sample.Key("db");

    private readonly ManualTime _time = new();
    private readonly ReconcileQueue _queue;

    public ReconcileQueueTests() => _queue = new ReconcileQueue(_time);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _queue.Dispose();

    [Fact]
    public async Task RequestedSeveralTimes_ComesOnce()
    {
        _queue.Enqueue(s_web);
        _queue.Enqueue(s_web);
        _queue.Enqueue(s_web, TimeSpan.FromSeconds(1));

        Assert.Equal(s_web, await TakeAsync());
        _queue.Done(s_web);
        _time.Advance(TimeSpan.FromSeconds(2));

        await AssertNothingAsync();
    }

    [Fact]
    public async Task RequestedWhileBusy_ComesRoundAgainAfterDone()
    {
        _queue.Enqueue(s_web);
        _ = await TakeAsync();
        _queue.Enqueue(s_web);

        Task<VirtualMachineKey> second = _queue.TakeAsync(Cancellation);
        await Task.Delay(20, Cancellation);
        Assert.False(second.IsCompleted);
        _queue.Done(s_web);

        Assert.Equal(s_web, await second.WaitAsync(TimeSpan.FromSeconds(10), Cancellation));
    }

    [Fact]
    public async Task BusyOne_HoldsUpNoOther()
    {
        _queue.Enqueue(s_web);
        _ = await TakeAsync();
        _queue.Enqueue(s_web);
        _queue.Enqueue(s_db);

        Assert.Equal(s_db, await TakeAsync());
    }

    [Fact]
    public async Task Delayed_ComesWhenItIsDue()
    {
        _queue.Enqueue(s_web, TimeSpan.FromSeconds(5));
        Task<VirtualMachineKey> taken = _queue.TakeAsync(Cancellation);

        _time.Advance(TimeSpan.FromSeconds(4));
        await Task.Delay(20, Cancellation);
        Assert.False(taken.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1.1));

        Assert.Equal(s_web, await taken.WaitAsync(TimeSpan.FromSeconds(10), Cancellation));
    }

    [Fact]
    public async Task EarlierRequest_Stays()
    {
        _queue.Enqueue(s_web, TimeSpan.FromSeconds(1));
        _queue.Enqueue(s_web, TimeSpan.FromSeconds(60));
        _time.Advance(TimeSpan.FromSeconds(1.1));

        Assert.Equal(s_web, await TakeAsync());
    }

    [Fact]
    public async Task RequestAtOnce_OvertakesADelay()
    {
        _queue.Enqueue(s_web, TimeSpan.FromSeconds(60));
        Task<VirtualMachineKey> taken = _queue.TakeAsync(Cancellation);
        _queue.Enqueue(s_web);

        Assert.Equal(s_web, await taken.WaitAsync(TimeSpan.FromSeconds(10), Cancellation));
    }

    [Fact]
    public async Task DelayedOne_HoldsUpNoOther_NorDoesItsWorker()
    {
        _queue.Enqueue(s_web, TimeSpan.FromSeconds(5));
        Task<VirtualMachineKey>[] workers = [_queue.TakeAsync(Cancellation), _queue.TakeAsync(Cancellation)];
        _queue.Enqueue(s_db);
        VirtualMachineKey first = await await Task.WhenAny(workers);
        _time.Advance(TimeSpan.FromSeconds(5.1));

        Assert.Equal(s_db, first);
        VirtualMachineKey[] taken = await Task.WhenAll(workers).WaitAsync(TimeSpan.FromSeconds(10), Cancellation);
        Assert.Contains(s_web, taken);
    }

    [Fact]
    public async Task Cancelled_StopsWaiting()
    {
        using CancellationTokenSource end = new();
        Task<VirtualMachineKey> taken = _queue.TakeAsync(end.Token);
        await end.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => taken);
    }

    [Fact]
    public async Task ManyWorkers_NeverHoldTheSameOne()
    {
        HashSet<VirtualMachineKey> held = [];
        int looks = 0;
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        Task[] workers = [.. Enumerable.Range(0, 4).Select(_ => WorkAsync())];
        for (int i = 0; i < 500; i++)
        {
            _queue.Enqueue(Sample.Key($"vm{i % 5}"));
            if (i % 50 == 0)
                await Task.Yield();
        }

        await Task.Delay(50, Cancellation);
        await end.CancelAsync();
        await Task.WhenAll(workers);
        Assert.InRange(looks, 5, 500);

        async Task WorkAsync()
        {
            try
            {
                while (true)
                {
                    VirtualMachineKey key = await _queue.TakeAsync(end.Token);
                    lock (held)
                        Assert.True(held.Add(key));
                    await Task.Yield();
                    lock (held)
                        held.Remove(key);
                    Interlocked.Increment(ref looks);
                    _queue.Done(key);
                }
            }
            catch (OperationCanceledException) { }
        }
    }

    private Task<VirtualMachineKey> TakeAsync() =>
        _queue.TakeAsync(Cancellation).WaitAsync(TimeSpan.FromSeconds(10), Cancellation);

    private async Task AssertNothingAsync()
    {
        using CancellationTokenSource end = new(20);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _queue.TakeAsync(end.Token));
    }
}
