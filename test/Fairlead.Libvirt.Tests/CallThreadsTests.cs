using Fairlead.Libvirt.Interop;
using static Fairlead.Libvirt.Tests.TestDriver;

namespace Fairlead.Libvirt.Tests;

public sealed class CallThreadsTests
{
    [Fact]
    public async Task SlowCalls_DoNotBlockOthers()
    {
        var threads = new CallThreads("test", maxThreads: 3);
        using var release = new ManualResetEventSlim();
        Task<bool>[] slow = [.. Enumerable.Range(0, 2).Select(_ => threads.RunAsync(Wait, Cancellation))];
        Assert.Equal(7, await threads.RunAsync(() => 7, Cancellation).WaitAsync(TimeSpan.FromSeconds(5), Cancellation));
        Assert.All(slow, task => Assert.False(task.IsCompleted));
        release.Set();
        _ = await Task.WhenAll(slow);
        await threads.StopAsync();

        bool Wait() => release.Wait(TimeSpan.FromSeconds(10), CancellationToken.None);
    }

    [Fact]
    public async Task MoreCallsThanThreads_RunNoMoreThanThatAtOnce()
    {
        var threads = new CallThreads("test", maxThreads: 2);
        int running = 0;
        int most = 0;
        await Task.WhenAll(
            Enumerable
                .Range(0, 40)
                .Select(_ =>
                    threads.RunAsync(
                        () =>
                        {
                            int now = Interlocked.Increment(ref running);
                            most = Math.Max(most, now);
                            Thread.Sleep(1);
                            return Interlocked.Decrement(ref running);
                        },
                        Cancellation
                    )
                )
        );
        await threads.StopAsync();
        Assert.Equal(2, most);
    }

    [Fact]
    public async Task CancelledWhileRunning_LeavesAndReleasesTheResult()
    {
        var threads = new CallThreads("test", maxThreads: 1);
        using var started = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        using var stop = new CancellationTokenSource();
        var abandoned = new TaskCompletionSource<int>();
        Task<int> call = threads.RunAsync(
            () =>
            {
                started.Set();
                release.Wait(CancellationToken.None);
                return 5;
            },
            stop.Token,
            abandoned.SetResult
        );
        started.Wait(Cancellation);
        await stop.CancelAsync();
        _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        release.Set();
        Assert.Equal(5, await abandoned.Task.WaitAsync(TimeSpan.FromSeconds(5), Cancellation));
        await threads.StopAsync();
    }

    [Fact]
    public async Task Stopped_EndsItsThreadsAndTakesNoMore()
    {
        var threads = new CallThreads("test", maxThreads: 2);
        Thread worker = await threads.RunAsync(() => Thread.CurrentThread, Cancellation);
        Assert.False(worker.IsThreadPoolThread);
        await threads.StopAsync();
        Assert.True(worker.Join(TimeSpan.FromSeconds(5)));
        _ = await Assert.ThrowsAsync<ObjectDisposedException>(() => threads.RunAsync(() => 1, Cancellation));
        await threads.StopAsync();
    }
}
