using System.Text.Json;
using Fairlead.Cni.Tests.Fakes;

namespace Fairlead.Cni.Tests.Execution;

public sealed class AddTests : IDisposable
{
    private readonly FakePlugins _plugins = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _plugins.Dispose();

    [Fact, Statement(17)]
    public async Task Add_PassesNameVersionEnvironmentAndArguments()
    {
        FakePlugin plugin = _plugins.Add("one");
        NetworkConfigurationList list = Sample.Parse(
            """{"name":"net","cniVersion":"1.0.0","plugins":[{"cniVersion":"0.1.0","name":"own","type":"one","big":12345678901234567890,"s":"a<b\u00e9"}]}"""
        );
        CniAttachment attachment = Sample.Attachment with { CniArgs = [new("A", "1"), new("B", "x=y")] };

        await _plugins.Runtime().AddAsync(list, attachment, Cancellation);

        Assert.Equal(
            """{"cniVersion":"1.0.0","name":"net","type":"one","big":12345678901234567890,"s":"a<b\u00e9"}""",
            plugin.Input("ADD")
        );
        Dictionary<string, string> environment = plugin.Environment("ADD");
        Assert.Equal("ADD", environment["CNI_COMMAND"]);
        Assert.Equal("c1", environment["CNI_CONTAINERID"]);
        Assert.Equal("/run/netns/x", environment["CNI_NETNS"]);
        Assert.Equal("eth0", environment["CNI_IFNAME"]);
        Assert.Equal("A=1;B=x=y", environment["CNI_ARGS"]);
        Assert.Equal(_plugins.Bin, environment["CNI_PATH"]);
    }

    [Fact, Statement(17)]
    public async Task Add_ReturnsTheLastResultAndChainsPreviousResults()
    {
        string first =
            """{"cniVersion":"1.0.0","ips":[{"address":"10.0.0.1/8"}],"unknown":{"n":12345678901234567890}}""";
        string second = """{"cniVersion":"1.0.0","ips":[{"address":"10.0.0.2/8"}]}""";
        FakePlugin one = _plugins.Add("one").OnAdd(first);
        FakePlugin two = _plugins.Add("two").OnAdd(second);

        CniResult result = await _plugins
            .Runtime()
            .AddAsync(Sample.List("1.0.0", "one", "two"), Sample.Attachment, Cancellation);

        Assert.DoesNotContain("prevResult", one.Input("ADD"), StringComparison.Ordinal);
        Assert.Contains($"\"prevResult\":{first}", two.Input("ADD"), StringComparison.Ordinal);
        Assert.Equal("10.0.0.2/8", result.Ips[0].Address.ToString());
        Assert.Equal(["one ADD", "two ADD"], _plugins.Calls);
    }

    [Fact, Statement(15)]
    public async Task Capabilities_OnlyThoseDeclaredTrueAndSuppliedReachThePlugin()
    {
        FakePlugin one = _plugins.Add("one");
        FakePlugin two = _plugins.Add("two");
        NetworkConfigurationList list = Sample.Parse(
            """
            {"name":"net","cniVersion":"1.0.0","plugins":[
            {"type":"one","capabilities":{"mac":true,"portMappings":false,"ips":true}},
            {"type":"two","capabilities":{"bandwidth":true}}]}
            """
        );
        CniAttachment attachment = Sample.Attachment with
        {
            CapabilityArgs = new Dictionary<string, JsonElement>(StringComparer.Ordinal)
            {
                ["mac"] = JsonElement.Parse("\"02:00:00:00:00:01\""),
                ["portMappings"] = JsonElement.Parse("[]"),
            },
        };

        await _plugins.Runtime().AddAsync(list, attachment, Cancellation);

        Assert.Contains(
            """ "runtimeConfig":{"mac":"02:00:00:00:00:01"} """.Trim(),
            one.Input("ADD"),
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("\"capabilities\"", one.Input("ADD"), StringComparison.Ordinal);
        Assert.DoesNotContain("runtimeConfig", two.Input("ADD"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task MacAddress_GoesAsCapabilityAndAsArgument()
    {
        FakePlugin one = _plugins.Add("one");
        NetworkConfigurationList list = Sample.Parse(
            """{"name":"net","cniVersion":"1.0.0","plugins":[{"type":"one","capabilities":{"mac":true}}]}"""
        );
        CniAttachment attachment = Sample.Attachment.WithMacAddress(new([0, 0x11, 0x22, 0x33, 0x44, 0xee]));

        await _plugins.Runtime().AddAsync(list, attachment, Cancellation);

        Assert.Equal("IgnoreUnknown=1;MAC=00:11:22:33:44:ee", one.Environment("ADD")["CNI_ARGS"]);
        Assert.Contains("\"mac\":\"00:11:22:33:44:ee\"", one.Input("ADD"), StringComparison.Ordinal);
    }

    [Fact, Statement(18)]
    public async Task PluginError_SurfacesTypedWithPluginVerbAndNames()
    {
        _plugins
            .Add("one")
            .On("ADD", """{"cniVersion":"1.0.0","code":11,"msg":"busy","details":"lock held"}""", exit: 1);

        CniException e = await Assert.ThrowsAsync<CniException>(() =>
            _plugins.Runtime().AddAsync(Sample.List("1.0.0", "one"), Sample.Attachment, Cancellation)
        );

        Assert.Equal(CniErrorCode.TryAgainLater, e.Code);
        Assert.Equal(CniFailure.PluginError, e.Failure);
        Assert.Equal("busy", e.CniMessage);
        Assert.Equal("lock held", e.Details);
        Assert.Equal("one", e.Plugin);
        Assert.True(e.IsTransient);
        Assert.Equal("ADD eth0 of c1 (network net, plugin one): 11 busy; lock held", e.Message);
    }

    [Fact, Statement(19)]
    public async Task SecondPluginFails_IsRolledBackWithTheKnownResultAndNotCached()
    {
        FakePlugin one = _plugins.Add("one");
        FakePlugin two = _plugins.Add("two").Fails("ADD", 100, "no");
        _plugins.Add("three");

        CniException e = await Assert.ThrowsAsync<CniException>(() =>
            _plugins.Runtime().AddAsync(Sample.List("1.0.0", "one", "two", "three"), Sample.Attachment, Cancellation)
        );

        Assert.Equal(["one ADD", "two ADD", "three DEL", "two DEL", "one DEL"], _plugins.Calls);
        Assert.Contains("\"prevResult\":{", one.Input("DEL"), StringComparison.Ordinal);
        Assert.Contains("\"prevResult\":{", two.Input("DEL"), StringComparison.Ordinal);
        Assert.True(e.RolledBack);
        Assert.Empty(e.UndoFailures);
        Assert.Empty(_plugins.Runtime().Cache!.List());
    }

    [Fact, Statement(30)]
    public async Task RollBackBefore040_SendsNoPreviousResult()
    {
        FakePlugin one = _plugins.Add("one").OnAdd("""{"cniVersion":"0.3.1"}""");
        _plugins.Add("two").Fails("ADD", 100, "no");

        await Assert.ThrowsAsync<CniException>(() =>
            _plugins.Runtime().AddAsync(Sample.List("0.3.1", "one", "two"), Sample.Attachment, Cancellation)
        );

        Assert.DoesNotContain("prevResult", one.Input("DEL"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RollBackFails_TheRestIsUndoneAndTheFailureReported()
    {
        _plugins.Add("one");
        _plugins.Add("two").Fails("ADD", 100, "no").Fails("DEL", 101, "stuck");

        CniException e = await Assert.ThrowsAsync<CniException>(() =>
            _plugins.Runtime().AddAsync(Sample.List("1.0.0", "one", "two"), Sample.Attachment, Cancellation)
        );

        Assert.Equal(100u, (uint)e.Code);
        Assert.Equal(101u, (uint)Assert.Single(e.UndoFailures).Code);
        Assert.Equal("one DEL", _plugins.Calls[^1]);
    }

    [Fact]
    public async Task RollBackSwitchedOff_NothingIsUndone()
    {
        _plugins.Add("one").Fails("ADD", 100, "no");

        CniException e = await Assert.ThrowsAsync<CniException>(() =>
            _plugins
                .Runtime(o => o with { AddFailure = AddFailureBehavior.LeaveAsIs })
                .AddAsync(Sample.List("1.0.0", "one"), Sample.Attachment, Cancellation)
        );

        Assert.False(e.RolledBack);
        Assert.Equal(["one ADD"], _plugins.Calls);
    }

    [Fact, Statement(20)]
    public async Task CacheNotWritable_AddFailsAndIsRolledBack()
    {
        _plugins.Add("one");
        await File.WriteAllTextAsync(_plugins.CacheDirectory, "a file", Cancellation);

        CniException e = await Assert.ThrowsAsync<CniException>(() =>
            _plugins.Runtime().AddAsync(Sample.List("1.0.0", "one"), Sample.Attachment, Cancellation)
        );

        Assert.Equal(CniFailure.Cache, e.Failure);
        Assert.Equal(["one ADD", "one DEL"], _plugins.Calls);
    }

    [Theory, Statement(21)]
    [InlineData("net", "", "eth0", 3u)]
    [InlineData("net", "../x", "eth0", 4u)]
    [InlineData("net", "a\n", "eth0", 4u)]
    [InlineData("net", "-a", "eth0", 4u)]
    [InlineData("n/t", "c1", "eth0", 7u)]
    [InlineData("net\n", "c1", "eth0", 7u)]
    [InlineData("net", "c1", "", 4u)]
    [InlineData("net", "c1", "sixteen-bytes-xx", 4u)]
    [InlineData("net", "c1", "öööööööö", 4u)]
    [InlineData("net", "c1", ".", 4u)]
    [InlineData("net", "c1", "..", 4u)]
    [InlineData("net", "c1", "a/b", 4u)]
    [InlineData("net", "c1", "a:b", 4u)]
    [InlineData("net", "c1", "a b", 4u)]
    [InlineData("net", "c1", "/../..", 4u)]
    public async Task BadNames_AreRefusedOnEveryVerbBeforeAnyPluginRuns(
        string name,
        string id,
        string ifname,
        uint code
    )
    {
        _plugins.Add("one");
        NetworkConfigurationList list = Sample.Parse(
            $$"""{"name":{{JsonSerializer.Serialize(name)}},"cniVersion":"1.1.0","plugins":[{"type":"one"}]}"""
        );
        CniAttachment attachment = Sample.Attachment with { ContainerId = id, InterfaceName = ifname };
        CniRuntime runtime = _plugins.Runtime();

        Func<Task>[] verbs =
        [
            () => runtime.AddAsync(list, attachment, Cancellation),
            () => runtime.DeleteAsync(list, attachment, cancellationToken: Cancellation),
            () => runtime.CheckAsync(list, attachment, cancellationToken: Cancellation),
            () => runtime.GcAsync(list, [attachment.Id], Cancellation),
        ];
        foreach (Func<Task> verb in verbs)
        {
            CniException e = await Assert.ThrowsAsync<CniException>(verb);
            Assert.Equal(CniFailure.InvalidRequest, e.Failure);
            Assert.Equal(code, (uint)e.Code);
        }
        Assert.Throws<CniException>(() => runtime.Cache!.Read(name, attachment.Id));
        Assert.Empty(_plugins.Calls);
    }

    [Theory]
    [InlineData("A", "v;INJECT=1")]
    [InlineData("A=B", "v")]
    [InlineData("A;B", "v")]
    [InlineData("", "v")]
    [InlineData("A", "v\nw")]
    [InlineData("A", "v\0w")]
    public async Task CniArgsThatWouldMeanSomethingElse_AreRefused(string key, string value)
    {
        _plugins.Add("one");
        CniAttachment attachment = Sample.Attachment with { CniArgs = [new(key, value)] };

        CniException e = await Assert.ThrowsAsync<CniException>(() =>
            _plugins.Runtime().AddAsync(Sample.List("1.0.0", "one"), attachment, Cancellation)
        );

        Assert.Equal(CniErrorCode.InvalidEnvironment, e.Code);
        Assert.Empty(_plugins.Calls);
    }

    [Fact]
    public async Task AddWithoutNamespace_IsRefused()
    {
        _plugins.Add("one");
        await Assert.ThrowsAsync<CniException>(() =>
            _plugins
                .Runtime()
                .AddAsync(Sample.List("1.0.0", "one"), Sample.Attachment with { NetnsPath = "" }, Cancellation)
        );
        Assert.Empty(_plugins.Calls);
    }

    [Fact]
    public async Task FirstPluginMissing_NothingIsRolledBack()
    {
        _plugins.Add("two");

        CniException e = await Assert.ThrowsAsync<CniException>(() =>
            _plugins.Runtime().AddAsync(Sample.List("1.0.0", "one", "two"), Sample.Attachment, Cancellation)
        );

        Assert.Equal(CniFailure.PluginNotFound, e.Failure);
        Assert.False(e.RolledBack);
        Assert.Empty(_plugins.Calls);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("")]
    [InlineData("""{"cniVersion":"7.0.0"}""")]
    [InlineData("""{"cniVersion":"1.0.0","ips":[{"address":"10.0.0.1"}]}""")]
    public async Task MalformedResult_IsAFailedAddAndRolledBack(string output)
    {
        _plugins.Add("one").OnAdd(output);

        CniException e = await Assert.ThrowsAsync<CniException>(() =>
            _plugins.Runtime().AddAsync(Sample.List("1.0.0", "one"), Sample.Attachment, Cancellation)
        );

        Assert.Equal(CniFailure.InvalidOutput, e.Failure);
        Assert.Equal(["one ADD", "one DEL"], _plugins.Calls);
    }

    [Fact]
    public async Task Environment_HasPathAndCniVariablesOnly()
    {
        FakePlugin one = _plugins.Add("one");

        await _plugins
            .Runtime(o =>
                o with
                {
                    Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["X"] = "1" },
                }
            )
            .AddAsync(Sample.List("1.0.0", "one"), Sample.Attachment, Cancellation);

        Assert.Equal(
            ["CNI_ARGS", "CNI_COMMAND", "CNI_CONTAINERID", "CNI_IFNAME", "CNI_NETNS", "CNI_PATH", "PATH", "X"],
            one.Environment("ADD").Keys.Order(StringComparer.Ordinal)
        );
    }
}
