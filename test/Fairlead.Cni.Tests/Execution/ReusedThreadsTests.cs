using Fairlead.Cni.Execution;

namespace Fairlead.Cni.Tests.Execution;

public sealed class ReusedThreadsTests
{
    private static readonly TimeSpan s_generous = TimeSpan.FromSeconds(30);

    [Fact]
    public void WorkAfterWork_RunsOnTheSameThread()
    {
        ReusedThreads threads = new(idle: s_generous);
        Thread first = RunAndWaitUntilItWaits(threads);

        Thread second = RunAndWaitUntilItWaits(threads);

        Assert.Same(first, second);
    }

    [Fact]
    public void WorkWhileOtherWorkBlocks_HasAThreadOfItsOwn()
    {
        ReusedThreads threads = new(idle: s_generous);
        using ManualResetEventSlim release = new();
        using CountdownEvent begun = new(10);
        for (int i = 0; i < 10; i++)
        {
            threads.Run(() =>
            {
                begun.Signal();
                release.Wait(CancellationToken.None);
            });
        }

        bool all = begun.Wait(s_generous, TestContext.Current.CancellationToken);
        release.Set();

        Assert.True(all);
    }

    [Fact]
    public void ThreadWithoutWork_EndsAndTheNextWorkGetsAnother()
    {
        ReusedThreads threads = new(idle: TimeSpan.FromMilliseconds(1));
        Thread first = RunAndWaitUntilItWaits(threads);

        Assert.True(first.Join(s_generous));

        Assert.NotSame(first, RunAndWaitUntilItWaits(threads));
    }

    // Threads end all the time here: work must not be given to one that is about to.
    [Fact]
    public void WorkThatComesWhenAThreadGivesUp_IsRunAllTheSame()
    {
        ReusedThreads threads = new(idle: TimeSpan.FromMilliseconds(1));
        using CountdownEvent done = new(2000);
        for (int i = 0; i < done.InitialCount; i++)
        {
            threads.Run(() => done.Signal());
            if (i % 50 == 0)
                Thread.Sleep(1);
        }

        Assert.True(done.Wait(s_generous, TestContext.Current.CancellationToken), $"{done.CurrentCount} left");
    }

    private static Thread RunAndWaitUntilItWaits(ReusedThreads threads)
    {
        Thread? thread = null;
        using ManualResetEventSlim done = new();
        threads.Run(() =>
        {
            thread = Thread.CurrentThread;
            done.Set();
        });
        Assert.True(done.Wait(s_generous, TestContext.Current.CancellationToken));
        bool idle = SpinWait.SpinUntil(
            () => thread!.ThreadState.HasFlag(ThreadState.WaitSleepJoin) || !thread.IsAlive,
            s_generous
        );
        Assert.True(idle);
        return thread!;
    }
}
