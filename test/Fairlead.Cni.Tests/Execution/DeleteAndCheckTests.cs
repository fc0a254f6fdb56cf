using Fairlead.Cni.Tests.Fakes;

namespace Fairlead.Cni.Tests.Execution;

public sealed class DeleteAndCheckTests : IDisposable
{
    private readonly FakePlugins _plugins = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string CacheFile => Path.Combine(_plugins.CacheDirectory, "results", "net-c1-eth0");

    public void Dispose() => _plugins.Dispose();

    [Theory, Statement(30)]
    [InlineData("0.3.1", false)]
    [InlineData("0.4.0", true)]
    [InlineData("1.0.0", true)]
    public async Task Delete_RunsInReverseWithPreviousResultFrom040(string version, bool sent)
    {
        FakePlugin one = _plugins.Add("one").OnAdd($$"""{"cniVersion":"{{version}}"}""");
        FakePlugin two = _plugins.Add("two").OnAdd($$"""{"cniVersion":"{{version}}","ips":[]}""");
        NetworkConfigurationList list = Sample.List(version, "one", "two");
        CniRuntime runtime = _plugins.Runtime();
        await runtime.AddAsync(list, Sample.Attachment, Cancellation);
        _plugins.ForgetCalls();

        await runtime.DeleteAsync(list, Sample.Attachment, cancellationToken: Cancellation);

        Assert.Equal(["two DEL", "one DEL"], _plugins.Calls);
        string expected = $$"""
            "prevResult":{"cniVersion":"{{version}}","ips":[]}
            """;
        Assert.Equal(sent, one.Input("DEL").Contains(expected, StringComparison.Ordinal));
        Assert.Equal(sent, two.Input("DEL").Contains(expected, StringComparison.Ordinal));
        Assert.False(File.Exists(CacheFile));
    }

    [Fact, Statement(31)]
    public async Task SecondDelete_SucceedsWithoutPreviousResult()
    {
        FakePlugin one = _plugins.Add("one");
        NetworkConfigurationList list = Sample.List("1.0.0", "one");
        CniRuntime runtime = _plugins.Runtime();
        await runtime.AddAsync(list, Sample.Attachment, Cancellation);
        await runtime.DeleteAsync(list, Sample.Attachment, cancellationToken: Cancellation);

        await runtime.DeleteAsync(list, Sample.Attachment, cancellationToken: Cancellation);

        Assert.DoesNotContain("prevResult", one.Input("DEL"), StringComparison.Ordinal);
    }

    [Theory, Statement(31)]
    [InlineData("garbage")]
    [InlineData("")]
    [InlineData(
        """{"kind":"cniCacheV1","containerId":"c1","ifName":"eth0","networkName":"net","result":{"cniVersion":"9.0.0"}}"""
    )]
    public async Task Delete_ToleratesACacheEntryThatCannotBeUsed(string content)
    {
        FakePlugin one = _plugins.Add("one");
        Directory.CreateDirectory(Path.GetDirectoryName(CacheFile)!);
        await File.WriteAllTextAsync(CacheFile, content, Cancellation);

        await _plugins
            .Runtime()
            .DeleteAsync(Sample.List("1.0.0", "one"), Sample.Attachment, cancellationToken: Cancellation);

        Assert.DoesNotContain("prevResult", one.Input("DEL"), StringComparison.Ordinal);
        Assert.False(File.Exists(CacheFile));
    }

    [Fact, Statement(31)]
    public async Task DeleteFails_TheCacheEntryStaysAndTheEarlierPluginIsNotRun()
    {
        _plugins.Add("one");
        _plugins.Add("two").Fails("DEL", 11, "later");
        NetworkConfigurationList list = Sample.List("1.0.0", "one", "two");
        CniRuntime runtime = _plugins.Runtime();
        await runtime.AddAsync(list, Sample.Attachment, Cancellation);
        _plugins.ForgetCalls();

        CniException e = await Assert.ThrowsAsync<CniException>(() =>
            runtime.DeleteAsync(list, Sample.Attachment, cancellationToken: Cancellation)
        );

        Assert.True(e.IsTransient);
        Assert.Equal(["two DEL"], _plugins.Calls);
        Assert.True(File.Exists(CacheFile));
    }

    [Fact]
    public async Task DeleteToldToContinue_RunsAllAndReportsAll()
    {
        _plugins.Add("one").Fails("DEL", 100, "a");
        _plugins.Add("two").Fails("DEL", 101, "b");

        CniException e = await Assert.ThrowsAsync<CniException>(() =>
            _plugins
                .Runtime(o => o with { DeleteFailure = DeleteFailureBehavior.Continue })
                .DeleteAsync(Sample.List("1.0.0", "one", "two"), Sample.Attachment, cancellationToken: Cancellation)
        );

        Assert.Equal(CniFailure.Several, e.Failure);
        Assert.Equal(2, ((AggregateException)e.InnerException!).InnerExceptions.Count);
        Assert.Equal(["two DEL", "one DEL"], _plugins.Calls);
    }

    [Fact]
    public async Task DeleteAfterTheNamespaceHasGone_SendsAnEmptyNamespaceAndTheGivenResult()
    {
        FakePlugin one = _plugins.Add("one");
        CniResult recorded = Sample.Result("""{"cniVersion":"1.0.0","ips":[{"address":"10.9.9.9/24"}]}""");

        await _plugins
            .Runtime(o => o with { CacheDirectory = null })
            .DeleteAsync(
                Sample.List("1.0.0", "one"),
                Sample.Attachment with
                {
                    NetnsPath = null,
                },
                recorded,
                Cancellation
            );

        Assert.Equal("", one.Environment("DEL")["CNI_NETNS"]);
        Assert.Contains("10.9.9.9/24", one.Input("DEL"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DeleteWithAnotherAttachmentsEntryUnderTheSameFileName_LeavesItAlone()
    {
        _plugins.Add("one");
        CniRuntime runtime = _plugins.Runtime();
        string json = """{"name":"a-b","cniVersion":"1.0.0","plugins":[{"type":"one"}]}""";
        await runtime.AddAsync(Sample.Parse(json), Sample.Attachment with { ContainerId = "c" }, Cancellation);
        NetworkConfigurationList other = Sample.Parse(json.Replace("a-b", "a", StringComparison.Ordinal));
        CniAttachment same = Sample.Attachment with { ContainerId = "b-c" };

        CniException e = await Assert.ThrowsAsync<CniException>(() => runtime.AddAsync(other, same, Cancellation));
        await runtime.DeleteAsync(other, same, cancellationToken: Cancellation);

        Assert.Equal(CniFailure.Cache, e.Failure);
        Assert.Equal("a-b", Assert.Single(runtime.Cache!.List()).NetworkName);
    }

    [Fact, Statement(26)]
    public async Task CheckBefore040_IsAnErrorAndRunsNothing()
    {
        _plugins.Add("one");

        CniException e = await Assert.ThrowsAsync<CniException>(() =>
            _plugins
                .Runtime()
                .CheckAsync(Sample.List("0.3.1", "one"), Sample.Attachment, cancellationToken: Cancellation)
        );

        Assert.Equal(CniFailure.UnsupportedVerb, e.Failure);
        Assert.Contains("does not support the CHECK command", e.Message, StringComparison.Ordinal);
        Assert.Empty(_plugins.Calls);
    }

    [Theory, Statement(27)]
    [InlineData("""{"cniVersion":"1.0.0","ips":[{"address":"10.9.9.9/24"}]}""")]
    [InlineData(
        """{"kind":"cniCacheV1","containerId":"c1","ifName":"eth0","networkName":"net","config":"e30=","result":{"cniVersion":"1.0.0","ips":[{"address":"10.9.9.9/24"}]}}"""
    )]
    public async Task Check_PassesTheCachedResultOfEitherFormToAllPlugins(string cached)
    {
        FakePlugin one = _plugins.Add("one");
        FakePlugin two = _plugins.Add("two");
        Directory.CreateDirectory(Path.GetDirectoryName(CacheFile)!);
        await File.WriteAllTextAsync(CacheFile, cached, Cancellation);

        await _plugins
            .Runtime()
            .CheckAsync(Sample.List("1.0.0", "one", "two"), Sample.Attachment, cancellationToken: Cancellation);

        Assert.Equal(["one CHECK", "two CHECK"], _plugins.Calls);
        foreach (string input in (string[])[one.Input("CHECK"), two.Input("CHECK")])
        {
            Assert.Contains(
                """ "prevResult":{"cniVersion":"1.0.0","ips":[{"address":"10.9.9.9/24"}]} """.Trim(),
                input,
                StringComparison.Ordinal
            );
            Assert.DoesNotContain("\"kind\"", input, StringComparison.Ordinal);
            Assert.DoesNotContain("\"config\"", input, StringComparison.Ordinal);
        }
    }

    [Theory, Statement(28)]
    [InlineData("garbage")]
    [InlineData("""{"cniVersion":"9.0.0"}""")]
    public async Task CheckWithACacheEntryThatCannotBeUsed_IsAnError(string cached)
    {
        _plugins.Add("one");
        Directory.CreateDirectory(Path.GetDirectoryName(CacheFile)!);
        await File.WriteAllTextAsync(CacheFile, cached, Cancellation);

        CniException e = await Assert.ThrowsAsync<CniException>(() =>
            _plugins
                .Runtime()
                .CheckAsync(Sample.List("1.0.0", "one"), Sample.Attachment, cancellationToken: Cancellation)
        );

        Assert.Equal(CniFailure.InvalidPreviousResult, e.Failure);
        Assert.Empty(_plugins.Calls);
    }

    [Fact, Statement(28)]
    public async Task CheckWithAConvertibleVersion_SendsItConverted()
    {
        FakePlugin one = _plugins.Add("one");
        CniResult old = Sample.Result("""{"cniVersion":"0.2.0","ip4":{"ip":"10.9.9.9/24"}}""");

        await _plugins.Runtime().CheckAsync(Sample.List("1.0.0", "one"), Sample.Attachment, old, Cancellation);

        Assert.Contains(
            """ "prevResult":{"cniVersion":"1.0.0","ips":[{"address":"10.9.9.9/24"}]} """.Trim(),
            one.Input("CHECK"),
            StringComparison.Ordinal
        );
    }

    [Fact, Statement(29)]
    public async Task DisableCheck_IsSuccessWithoutRunningAnything()
    {
        _plugins.Add("one");
        NetworkConfigurationList list = Sample.Parse(
            """{"name":"net","cniVersion":"1.0.0","disableCheck":true,"plugins":[{"type":"one"}]}"""
        );
        await _plugins.Runtime().CheckAsync(list, Sample.Attachment, cancellationToken: Cancellation);
        Assert.Empty(_plugins.Calls);
    }
}
