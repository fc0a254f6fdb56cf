using System.Diagnostics;
using System.Text.Json;
using Fairlead.Cni.Tests.Fakes;

namespace Fairlead.Cni.Tests.Delegation;

/// <summary>The runtime with a real executable made with our own plugin host, well and badly behaved.</summary>
public sealed class RecordingPluginTests : IDisposable
{
    private readonly FakePlugins _plugins = new();

    public RecordingPluginTests()
    {
        string executable = Path.Combine(AppContext.BaseDirectory, "Fairlead.Cni.RecordingPlugin");
        foreach (string name in (string[])["one", "two", "deaf"])
            File.CreateSymbolicLink(Path.Combine(_plugins.Bin, name), executable);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _plugins.Dispose();

    [Fact]
    public async Task Chain_IsCalledInOrderWithPreviousResults()
    {
        NetworkConfigurationList list = List("""{"type":"one"}""", """{"type":"two"}""");
        CniRuntime runtime = Runtime();

        CniResult result = await runtime.AddAsync(list, Sample.Attachment, Cancellation);
        await runtime.CheckAsync(list, Sample.Attachment, cancellationToken: Cancellation);
        await runtime.StatusAsync(list, Cancellation);
        await runtime.GcAsync(list, [Sample.Attachment.Id], Cancellation);
        await runtime.DeleteAsync(list, Sample.Attachment, cancellationToken: Cancellation);

        Assert.Equal("10.1.2.3/24", result.Ips[0].Address.ToString());
        string[] verbs = ["ADD", "CHECK", "STATUS", "GC"];
        Assert.Equal(
            [.. verbs.SelectMany(v => (string[])[$"one {v}", $"two {v}"]), "two DEL", "one DEL"],
            _plugins.Calls
        );
        string input = await File.ReadAllTextAsync(Path.Combine(_plugins.Records, "two.ADD.stdin"), Cancellation);
        Assert.Contains("\"prevResult\":{\"cniVersion\":\"1.1.0\"", input, StringComparison.Ordinal);
        Assert.Equal(CniVersion.Known, (await runtime.VersionAsync("one", Cancellation)).SupportedVersions);
    }

    [Fact]
    public async Task Delegation_GoesThroughARealPlugin()
    {
        _plugins.Add("ipam");
        NetworkConfigurationList list = List("""{"type":"one","delegate":"ipam"}""");

        CniResult result = await Runtime().AddAsync(list, Sample.Attachment, Cancellation);

        Assert.Equal("10.1.2.3/24", result.Ips[0].Address.ToString());
        Assert.Equal(["one ADD", "ipam ADD"], _plugins.Calls);
    }

    [Theory]
    [InlineData("error 11", CniFailure.PluginError, 11u)]
    [InlineData("throw", CniFailure.PluginError, 999u)]
    [InlineData("exit 7", CniFailure.NoDiagnostic, 0u)]
    [InlineData("garbage 2", CniFailure.NoDiagnostic, 0u)]
    [InlineData("huge", CniFailure.TooMuchOutput, 0u)]
    [InlineData("hang", CniFailure.TimedOut, 0u)]
    [InlineData("fork-hang", CniFailure.TimedOut, 0u)]
    public async Task Misbehaviour_IsItsOwnFailure(string mode, CniFailure failure, uint code)
    {
        NetworkConfigurationList list = List($$$"""{"type":"one","modes":{"DEL":"{{{mode}}}"}}""");
        Stopwatch watch = Stopwatch.StartNew();

        CniException e = await Assert.ThrowsAsync<CniException>(() =>
            Runtime(failure == CniFailure.TimedOut ? 2 : 30)
                .DeleteAsync(list, Sample.Attachment, cancellationToken: Cancellation)
        );

        Assert.Equal((failure, code), (e.Failure, (uint)e.Code));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(25), $"{watch.Elapsed}");
    }

    [Theory]
    [InlineData("noise")]
    [InlineData("fork")]
    [InlineData("exit 0")]
    public async Task OddButSuccessful_IsSuccess(string mode)
    {
        NetworkConfigurationList list = List($$$"""{"type":"one","modes":{"DEL":"{{{mode}}}"}}""");
        await Runtime().DeleteAsync(list, Sample.Attachment, cancellationToken: Cancellation);
    }

    [Fact]
    public async Task GarbageWithExitStatusZero_IsAMalformedResult()
    {
        NetworkConfigurationList list = List("""{"type":"one","modes":{"ADD":"garbage 0"}}""");
        CniException e = await Assert.ThrowsAsync<CniException>(() =>
            Runtime().AddAsync(list, Sample.Attachment, Cancellation)
        );
        Assert.Equal(CniFailure.InvalidOutput, e.Failure);
    }

    [Fact]
    public async Task PluginThatClosesItsInput_IsNoError()
    {
        string padding = new('x', 1 << 20);
        NetworkConfigurationList list = List($$"""{"type":"deaf","padding":"{{padding}}"}""");
        await Runtime().AddAsync(list, Sample.Attachment, Cancellation);
    }

    [Fact]
    public async Task SigchldIgnoredByOurParent_ExitStatusesAreStillKnown()
    {
        // The script ignores the signal and becomes our plugin host, whose delegate fails without a word.
        string executable = Path.Combine(AppContext.BaseDirectory, "Fairlead.Cni.RecordingPlugin");
        string script = Path.Combine(_plugins.Bin, "ignoring");
        await File.WriteAllTextAsync(script, $"#!/bin/sh\ntrap '' CHLD\nexec {executable}\n", Cancellation);
        File.SetUnixFileMode(script, (UnixFileMode)0b111_101_101);
        _plugins.Add("ipam").OnRun("DEL", "exit 3");
        NetworkConfigurationList list = List("""{"type":"ignoring","delegate":"ipam"}""");

        CniException e = await Assert.ThrowsAsync<CniException>(() =>
            Runtime().DeleteAsync(list, Sample.Attachment, cancellationToken: Cancellation)
        );

        Assert.Contains("exit status 3", e.Message, StringComparison.Ordinal);
    }

    // Generous where no limit is wanted: the runtime of .NET alone may take a second to start on a busy machine.
    private CniRuntime Runtime(int seconds = 30) =>
        _plugins.Runtime(o => o with { PluginTimeout = TimeSpan.FromSeconds(seconds) });

    private NetworkConfigurationList List(params string[] plugins)
    {
        string record = JsonSerializer.Serialize(_plugins.Records);
        IEnumerable<string> recorded = plugins.Select(p => $$"""{{p[..^1]}},"record":{{record}}}""");
        return Sample.Parse($$"""{"cniVersion":"1.1.0","name":"net","plugins":[{{string.Join(',', recorded)}}]}""");
    }
}
