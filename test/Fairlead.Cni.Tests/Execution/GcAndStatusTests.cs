using Fairlead.Cni.Tests.Fakes;

namespace Fairlead.Cni.Tests.Execution;

public sealed class GcAndStatusTests : IDisposable
{
    private readonly FakePlugins _plugins = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _plugins.Dispose();

    [Fact, Statement(32)]
    public async Task DisableGc_RunsNothing()
    {
        _plugins.Add("one");
        NetworkConfigurationList list = Sample.Parse(
            """{"name":"net","cniVersion":"1.1.0","disableGC":true,"plugins":[{"type":"one"}]}"""
        );
        CniRuntime runtime = _plugins.Runtime();
        await runtime.AddAsync(list, Sample.Attachment, Cancellation);
        _plugins.ForgetCalls();

        await runtime.GcAsync(list, [], Cancellation);

        Assert.Empty(_plugins.Calls);
    }

    [Fact, Statement(32)]
    public async Task ValidAttachment_StaysAndIsNamedUnderBothKeys()
    {
        FakePlugin one = _plugins.Add("one");
        NetworkConfigurationList list = Sample.List("1.1.0", "one");
        CniRuntime runtime = _plugins.Runtime();
        await runtime.AddAsync(list, Sample.Attachment, Cancellation);
        _plugins.ForgetCalls();

        await runtime.GcAsync(list, [Sample.Attachment.Id], Cancellation);

        Assert.Equal(["one GC"], _plugins.Calls);
        string names = """[{"containerID":"c1","ifname":"eth0"}]""";
        Assert.Contains($"\"cni.dev/valid-attachments\":{names}", one.Input("GC"), StringComparison.Ordinal);
        Assert.Contains($"\"cni.dev/attachments\":{names}", one.Input("GC"), StringComparison.Ordinal);
        Assert.Single(runtime.Cache!.List());
    }

    [Fact, Statement(32)]
    public async Task EmptyList_DeletesThenCollects()
    {
        FakePlugin one = _plugins.Add("one");
        NetworkConfigurationList list = Sample.List("1.1.0", "one");
        CniRuntime runtime = _plugins.Runtime();
        await runtime.AddAsync(list, Sample.Attachment, Cancellation);
        _plugins.ForgetCalls();

        await runtime.GcAsync(list, [], Cancellation);

        Assert.Equal(["one DEL", "one GC"], _plugins.Calls);
        Assert.Contains("prevResult", one.Input("DEL"), StringComparison.Ordinal);
        Assert.Empty(runtime.Cache!.List());
    }

    [Fact, Statement(33)]
    public async Task GcBefore110_StillDeletesStaleEntriesOfItsOwnNetwork()
    {
        _plugins.Add("one");
        NetworkConfigurationList list = Sample.List("1.0.0", "one");
        NetworkConfigurationList other = Sample.Parse(
            """{"name":"other","cniVersion":"1.0.0","plugins":[{"type":"one"}]}"""
        );
        CniRuntime runtime = _plugins.Runtime();
        await runtime.AddAsync(list, Sample.Attachment, Cancellation);
        await runtime.AddAsync(other, Sample.Attachment, Cancellation);
        _plugins.ForgetCalls();

        await runtime.GcAsync(list, [], Cancellation);

        Assert.Equal(["one DEL"], _plugins.Calls);
        Assert.Equal("other", Assert.Single(runtime.Cache!.List()).NetworkName);
    }

    [Fact, Statement(33)]
    public async Task GcContinuesAfterErrorsAndReportsThemAll()
    {
        _plugins.Add("one").Fails("DEL", 100, "a").Fails("GC", 101, "b");
        _plugins.Add("two").Fails("GC", 102, "c");
        NetworkConfigurationList list = Sample.List("1.1.0", "one", "two");
        CniRuntime runtime = _plugins.Runtime();
        await runtime.AddAsync(list, Sample.Attachment, Cancellation);

        CniException e = await Assert.ThrowsAsync<CniException>(() => runtime.GcAsync(list, [], Cancellation));

        IEnumerable<CniException> all = ((AggregateException)e.InnerException!).InnerExceptions.Cast<CniException>();
        Assert.Equal([100u, 101u, 102u], all.Select(f => (uint)f.Code));
    }

    [Fact, Statement(34)]
    public async Task Status_RunsInOrderStopsAtTheFirstErrorAndKeepsItsCode()
    {
        _plugins.Add("one");
        _plugins.Add("two").Fails("STATUS", 50, "not yet");
        _plugins.Add("three");

        CniException e = await Assert.ThrowsAsync<CniException>(() =>
            _plugins.Runtime().StatusAsync(Sample.List("1.1.0", "one", "two", "three"), Cancellation)
        );

        Assert.Equal(CniErrorCode.NotAvailable, e.Code);
        Assert.Equal(["one STATUS", "two STATUS"], _plugins.Calls);
    }

    [Fact, Statement(34)]
    public async Task StatusBefore110_RunsNothing()
    {
        _plugins.Add("one").Fails("STATUS", 50, "not yet");
        await _plugins.Runtime().StatusAsync(Sample.List("1.0.0", "one"), Cancellation);
        Assert.Empty(_plugins.Calls);
    }

    [Fact]
    public async Task GcWaitsForAnAddUnderWayButHoldsUpNoOther()
    {
        string go = Path.Combine(_plugins.Root, "go");
        _plugins.Add("slow").OnRun("ADD", $"while [ ! -e {go} ]; do sleep 0.02; done; echo '{{}}'");
        _plugins.Add("one");
        NetworkConfigurationList slow = Sample.Parse(
            """{"name":"net","cniVersion":"1.1.0","plugins":[{"type":"slow"}]}"""
        );
        NetworkConfigurationList fast = Sample.List("1.1.0", "one");
        CniRuntime runtime = _plugins.Runtime();
        Task hung = runtime.AddAsync(slow, Sample.Attachment, Cancellation);

        Task collect = runtime.GcAsync(fast, [Sample.Attachment.Id, new("c2", "eth0")], Cancellation);
        await runtime.AddAsync(fast, Sample.Attachment with { ContainerId = "c2" }, Cancellation);

        Assert.False(collect.IsCompleted);
        Assert.DoesNotContain("one GC", _plugins.Calls);
        await File.WriteAllTextAsync(go, "", Cancellation);
        await hung;
        await collect;
        Assert.Equal("one GC", _plugins.Calls[^1]);
    }

    [Fact]
    public async Task TwoOperationsOnOneAttachment_RunOneAfterTheOther()
    {
        _plugins
            .Add("one")
            .OnRun("DEL", $"echo begin >> {_plugins.Root}/trace; sleep 0.2; echo end >> {_plugins.Root}/trace");
        CniRuntime runtime = _plugins.Runtime();
        NetworkConfigurationList list = Sample.List("1.0.0", "one");

        await Task.WhenAll(
            runtime.DeleteAsync(list, Sample.Attachment, cancellationToken: Cancellation),
            runtime.DeleteAsync(list, Sample.Attachment, cancellationToken: Cancellation)
        );

        Assert.Equal(
            ["begin", "end", "begin", "end"],
            await File.ReadAllLinesAsync(Path.Combine(_plugins.Root, "trace"), Cancellation)
        );
    }
}
