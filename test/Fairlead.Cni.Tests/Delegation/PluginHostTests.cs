using System.Text;
using System.Text.Json;
using Fairlead.Cni.Tests.Fakes;

namespace Fairlead.Cni.Tests.Delegation;

public sealed class PluginHostTests
{
    private readonly Dictionary<string, string> _environment = new(StringComparer.Ordinal)
    {
        ["CNI_COMMAND"] = "ADD",
        ["CNI_CONTAINERID"] = "c1",
        ["CNI_NETNS"] = "/run/netns/x",
        ["CNI_IFNAME"] = "eth0",
        ["CNI_ARGS"] = "A=1;B=x=y",
        ["CNI_PATH"] = "/a:/b",
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Add_HandsOverTheInvocationAndPrintsTheResultInItsVersion()
    {
        PluginInvocation? seen = null;
        StubPlugin plugin = new(i =>
        {
            seen = i;
            return CniResult.Create(CniVersion.V1_1_0, [new("eth0")], [new(CidrAddress.Parse("10.0.0.1/8"))]);
        });

        (int status, string output) = await RunAsync(plugin, """{"cniVersion":"0.4.0","name":"net","type":"x"}""");

        Assert.Equal(0, status);
        Assert.Equal(
            """{"cniVersion":"0.4.0","interfaces":[{"name":"eth0"}],"ips":[{"version":"4","address":"10.0.0.1/8"}]}""",
            output
        );
        Assert.Equal("c1", seen!.ContainerId);
        Assert.Equal("/run/netns/x", seen.NetnsPath);
        Assert.Equal([new("A", "1"), new("B", "x=y")], seen.Args);
        Assert.Equal(["/a", "/b"], seen.PluginDirectories);
        Assert.Equal("net", seen.NetworkName);
    }

    [Fact]
    public async Task PreviousResult_PassesThroughByteForByte()
    {
        StubPlugin plugin = new(i => i.PreviousResult!);
        string result = """{ "cniVersion":"1.0.0","big":12345678901234567890,"s":"\u003c<" }""";
        (int status, string output) = await RunAsync(
            plugin,
            $$"""{"cniVersion":"1.0.0","name":"net","prevResult":{{result}}}"""
        );
        Assert.Equal((0, result), (status, output));
    }

    [Fact]
    public async Task Version_ListsTheVersions()
    {
        _environment["CNI_COMMAND"] = "VERSION";
        (int status, string output) = await RunAsync(new StubPlugin(_ => null!), """{"cniVersion":"0.4.0"}""");
        Assert.Equal(0, status);
        Assert.Equal(
            """{"cniVersion":"0.4.0","supportedVersions":["0.1.0","0.2.0","0.3.0","0.3.1","0.4.0","1.0.0","1.1.0"]}""",
            output
        );
    }

    [Theory]
    [InlineData("CNI_COMMAND", "JUMP", 4u, "unknown CNI_COMMAND: JUMP")]
    [InlineData("CNI_CONTAINERID", "", 4u, "CNI_CONTAINERID")]
    [InlineData("CNI_NETNS", "", 4u, "CNI_NETNS")]
    [InlineData("CNI_PATH", "", 4u, "CNI_PATH")]
    [InlineData("CNI_CONTAINERID", "../x", 4u, "containerID")]
    [InlineData("CNI_IFNAME", "a/b", 4u, "interface name")]
    [InlineData("CNI_ARGS", "novalue", 4u, "CNI_ARGS")]
    public async Task BadEnvironment_IsTheSpecificationsError(string variable, string value, uint code, string message)
    {
        _environment[variable] = value;
        await AssertErrorAsync("""{"cniVersion":"1.0.0","name":"net"}""", code, message);
    }

    [Theory]
    [InlineData("", 6u, "is empty")]
    [InlineData("{", 6u, "not JSON")]
    [InlineData("""{"cniVersion":"1.0.0"}""", 7u, "network name")]
    [InlineData("""{"cniVersion":"1.0.0","name":"a/b"}""", 7u, "network name")]
    [InlineData("""{"cniVersion":"9.0.0","name":"net"}""", 1u, "incompatible")]
    [InlineData("""{"cniVersion":"1.0.0","name":"net","prevResult":{"ips":[{}]}}""", 6u, "address")]
    public async Task BadInput_IsTheSpecificationsError(string input, uint code, string message) =>
        await AssertErrorAsync(input, code, message);

    [Theory]
    [InlineData("CHECK", "0.3.1", false)]
    [InlineData("CHECK", "0.4.0", true)]
    [InlineData("GC", "1.0.0", false)]
    [InlineData("GC", "1.1.0", true)]
    [InlineData("STATUS", "1.0.0", false)]
    [InlineData("STATUS", "1.1.0", true)]
    public async Task VerbThatTheVersionDoesNotHave_IsRefused(string verb, string version, bool allowed)
    {
        _environment["CNI_COMMAND"] = verb;
        (int status, string output) = await RunAsync(
            new StubPlugin(_ => null!),
            $$"""{"cniVersion":"{{version}}","name":"net"}"""
        );
        Assert.Equal(allowed ? 0 : 1, status);
        Assert.Equal(!allowed, output.Contains("does not allow", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Delete_NeedsNoNamespace()
    {
        _environment["CNI_COMMAND"] = "DEL";
        _environment.Remove("CNI_NETNS");
        (int status, string output) = await RunAsync(
            new StubPlugin(_ => null!),
            """{"cniVersion":"1.0.0","name":"net"}"""
        );
        Assert.Equal((0, ""), (status, output));
    }

    [Fact]
    public async Task PluginThrows_TheErrorIsPrinted()
    {
        StubPlugin plugin = new(_ => throw new CniPluginException((CniErrorCode)123, "m\"", "d"));
        (int status, string output) = await RunAsync(plugin, """{"cniVersion":"0.4.0","name":"net"}""");
        Assert.Equal(1, status);
        Assert.Equal("""{"cniVersion":"0.4.0","code":123,"msg":"m\"","details":"d"}""", output);

        (_, output) = await RunAsync(
            new StubPlugin(_ => throw new InvalidOperationException("odd")),
            """{"cniVersion":"0.4.0","name":"net"}"""
        );
        Assert.Equal("""{"cniVersion":"0.4.0","code":999,"msg":"odd"}""", output);
    }

    [Fact]
    public async Task GcList_IsReadFromEitherKey()
    {
        _environment["CNI_COMMAND"] = "GC";
        foreach (string key in (string[])["cni.dev/valid-attachments", "cni.dev/attachments"])
        {
            StubPlugin plugin = new(_ => null!);
            await RunAsync(
                plugin,
                $$"""{"cniVersion":"1.1.0","name":"net","{{key}}":[{"containerID":"c","ifname":"i"}]}"""
            );
            Assert.Equal([new CniAttachmentId("c", "i")], plugin.Last!.ValidAttachments);
        }
    }

    [Fact, Statement(38)]
    public async Task Delegate_GetsTheSameEnvironmentButTheCommandAndOneEntryPerName()
    {
        using FakePlugins plugins = new();
        FakePlugin ipam = plugins.Add("ipam");
        _environment["CNI_PATH"] = plugins.Bin;
        _environment["PATH"] = "/usr/bin:/bin";
        _environment["EXTRA"] = "kept";
        string input = """{"cniVersion":"1.0.0","name":"net","x":1}""";
        StubPlugin plugin = new(i =>
            i.DelegateAsync("ipam", CniVerb.Delete, i.Input, Cancellation).GetAwaiter().GetResult()!
        );

        await RunAsync(plugin, input);

        Dictionary<string, string> expected = new(_environment, StringComparer.Ordinal) { ["CNI_COMMAND"] = "DEL" };
        Assert.Equal(expected, ipam.Environment("DEL"));
        Assert.Equal(input, ipam.Input("DEL"));
    }

    [Fact]
    public async Task DelegateFails_ItsErrorIsThePlugins()
    {
        using FakePlugins plugins = new();
        plugins.Add("ipam").Fails("ADD", 11, "busy");
        _environment["CNI_PATH"] = plugins.Bin;
        _environment["PATH"] = "/usr/bin:/bin";

        (int status, string output) = await RunAsync(
            new StubPlugin(i => i.DelegateAsync("ipam", Cancellation).GetAwaiter().GetResult()!),
            """{"cniVersion":"1.0.0","name":"net"}"""
        );

        Assert.Equal(1, status);
        Assert.Equal("""{"cniVersion":"1.0.0","code":11,"msg":"busy"}""", output);
    }

    private async Task AssertErrorAsync(string input, uint code, string message)
    {
        (int status, string output) = await RunAsync(new StubPlugin(_ => null!), input);
        Assert.Equal(1, status);
        using JsonDocument error = JsonDocument.Parse(output);
        Assert.Equal(code, error.RootElement.GetProperty("code").GetUInt32());
        Assert.Contains(message, error.RootElement.GetProperty("msg").GetString(), StringComparison.Ordinal);
    }

    private async Task<(int Status, string Output)> RunAsync(CniPlugin plugin, string input)
    {
        using MemoryStream stdin = new(Encoding.UTF8.GetBytes(input));
        using MemoryStream stdout = new();
        int status = await CniPluginHost.RunAsync(plugin, _environment, stdin, stdout, Cancellation);
        return (status, Encoding.UTF8.GetString(stdout.ToArray()));
    }

    private sealed class StubPlugin(Func<PluginInvocation, CniResult> add) : CniPlugin
    {
        public PluginInvocation? Last { get; private set; }

        public override Task<CniResult> AddAsync(PluginInvocation invocation, CancellationToken cancellationToken) =>
            Task.FromResult(add(invocation));

        public override Task DeleteAsync(PluginInvocation invocation, CancellationToken cancellationToken) =>
            Task.CompletedTask;

        public override Task GarbageCollectAsync(PluginInvocation invocation, CancellationToken cancellationToken)
        {
            Last = invocation;
            return Task.CompletedTask;
        }
    }
}
