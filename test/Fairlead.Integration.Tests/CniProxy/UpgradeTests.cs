using System.Diagnostics;
using Fairlead.CniProxy.V1;
using Fairlead.Testing;

namespace Fairlead.Integration.Tests.CniProxy;

/// <summary>A proxy that is asked to stop, and the one that comes after it.</summary>
public sealed class UpgradeTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sigterm_FinishesWhatRuns_ThoughItsCallerHasGone()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        ProxyClient impatient = await node.ClientAsync("pod");
        node.PauseAt("add-plugins");
        await impatient.SendAsync("add", "uid/net0", "", "vmi0", "");
        await node.PausedAtAsync("add-plugins");
        await node.Node.RunAsync("kill", "-KILL", impatient.ProcessId);

        Task stopping = node.StopProxyAsync();
        Assert.False(stopping.IsCompleted);
        node.Resume("add-plugins");
        await stopping;

        Assert.False(File.Exists(node.Socket));
        await node.StartProxyAsync();
        ProxyClient pod = await node.ClientAsync("pod");
        Assert.Equal(AttachmentState.Attached, Assert.Single(await pod.ListAsync()).State);
    }

    // An ADD that does not come to its end, of a caller that waits for it and of one that has gone.
    [Fact]
    public async Task Sigterm_EndsInTime_ThoughSomethingHangs_AndTheNextRunReleasesIt()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        await node.StopProxyAsync();
        node.Identity += " --drain-timeout 1s";
        await node.StartProxyAsync();
        ProxyClient waiting = await node.ClientAsync("pod");
        ProxyClient gone = await node.ClientAsync("pod");
        node.PauseAt("add-plugins");
        await waiting.SendAsync("add", "waiting", "", "vmi0", "");
        await gone.SendAsync("add", "gone", "", "vmi1", "");
        await Eventually.Async(() => node.Reservations().Length == 2, s_patience, "both ADDs have come to the pause");
        await node.Node.RunAsync("kill", "-KILL", gone.ProcessId);

        await node.StopProxyAsync();

        Assert.Equal(2, node.Journal().Length);
        node.Resume("add-plugins");
        await node.StartProxyAsync();
        await node.ReleasedAsync();
    }

    [Fact]
    public async Task SecondProxyStartedWhileTheFirstDrains_TakesOverAndDropsNothing()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        ProxyClient pod = await node.ClientAsync("pod");
        Attachment before = await pod.AddAsync("before", "vmi0");
        ProxyClient meanwhile = await node.ClientAsync("pod");
        node.PauseAt("add-plugins");
        Task<Attachment> adding = meanwhile.AddAsync("meanwhile", "vmi1");
        await node.PausedAtAsync("add-plugins");

        await node.SignalProxyAsync("TERM");
        Task second = node.StartProxyAsync();
        await Eventually.Async(() => !File.Exists(node.Socket), s_patience, "the first one has stopped listening");
        Assert.Equal(2, node.Journal().Length);
        node.Resume("add-plugins");
        Attachment added = await adding;
        await second;

        // One of its own: a client that was sent away comes back only after a while.
        await Eventually.SucceedsAsync(
            async () =>
            {
                pod = await node.ClientAsync("pod");
                Attachment[] listed = [.. (await pod.ListAsync()).OrderBy(a => a.Key)];
                Assert.Equal([before, added], listed);
            },
            s_patience,
            "the second one answers with both attachments"
        );
        Assert.Equal(before, await pod.AddAsync("before", "vmi0"));
        Assert.Equal(2, node.Reservations().Length);
    }

    [Fact]
    public async Task SecondProxyBesideOneThatServes_EndsAndSaysWhy()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        ProxyClient pod = await node.ClientAsync("pod");
        await pod.AddAsync("uid/net0", "vmi0");

        using Process second = node.Launch();
        await second.WaitForExitAsync(Cancellation).WaitAsync(s_patience, Cancellation);

        Assert.NotEqual(0, second.ExitCode);
        Assert.Contains("another process listens there already", node.Log, StringComparison.Ordinal);
        Assert.Single(await pod.ListAsync());
    }
}
