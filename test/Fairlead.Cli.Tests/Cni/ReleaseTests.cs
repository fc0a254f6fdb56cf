using Fairlead.Cli.Tests.Fakes;

namespace Fairlead.Cli.Tests.Cni;

/// <summary>del, check and gc: what follows an ADD.</summary>
public sealed class ReleaseTests : IDisposable
{
    private static readonly CliResult Silence = new(0, "", "");

    private readonly CniNode _node = new();

    public ReleaseTests()
    {
        _node.Plugin("first");
        _node.Plugin("second");
        _node.Network("pods", "first", "second");
    }

    public void Dispose() => _node.Dispose();

    [Fact]
    public async Task Del_RunsInReverseAndForgets()
    {
        await _node.RunAsync("add", "pods", _node.Namespace);

        Assert.Equal(Silence, await _node.RunAsync("del", "pods", _node.Namespace));

        Assert.Equal(["first ADD", "second ADD", "second DEL", "first DEL"], _node.Calls);
        Assert.Contains("12345678901234567890", _node.InputOf("first", "DEL"));
        Assert.Empty(Directory.GetFiles(_node.Cache + "/results"));
        Assert.Equal(Silence, await _node.RunAsync("del", "pods", _node.Namespace));
    }

    [Theory]
    [InlineData("del", "DEL")]
    [InlineData("check", "CHECK")]
    public async Task ArgumentsOfAdd_AreRemembered(string verb, string command)
    {
        TestCli cli = new() { Variables = { ["CNI_ARGS"] = "A=1", ["CAP_ARGS"] = """{"mac":"02:00:00:00:00:01"}""" } };
        await _node.RunAsync(cli, "add", "pods", _node.Namespace);

        Assert.Equal(Silence, await _node.RunAsync(verb, "pods", _node.Namespace));

        Assert.Equal("A=1", _node.VariableOf("first", "CNI_ARGS"));
        Assert.Contains("02:00:00:00:00:01", _node.InputOf("first", command));
    }

    [Fact]
    public async Task ConfigurationHasGone_DelTakesTheOneOfAdd()
    {
        await _node.RunAsync("add", "pods", _node.Namespace);
        File.Delete(Path.Combine(_node.Configurations, "pods.conflist"));

        Assert.Equal(Silence, await _node.RunAsync("del", "pods", _node.Namespace));

        Assert.Equal(["second DEL", "first DEL"], _node.Calls.TakeLast(2));
        Assert.Equal(1, (await _node.RunAsync("del", "pods", _node.Namespace)).ExitCode);
    }

    [Fact]
    public async Task NamespaceHasGone_DelWorksByItsPathOrByTheContainerId()
    {
        await _node.RunAsync("add", "pods", _node.Namespace);
        await _node.RunAsync("add", "pods", _node.Namespace, "--container-id", "c");
        File.Delete(_node.Namespace);

        Assert.Equal(Silence, await _node.RunAsync("del", "pods", _node.Namespace));
        Assert.Equal(_node.Namespace, _node.VariableOf("first", "CNI_NETNS"));
        Assert.Equal(Silence, await _node.RunAsync("del", "pods", "--container-id", "c"));
        Assert.Equal("", _node.VariableOf("first", "CNI_NETNS"));
        Assert.Empty(Directory.GetFiles(_node.Cache + "/results"));
    }

    [Fact]
    public async Task DelOfNothingInParticular_IsAUsageError()
    {
        CliResult result = await _node.RunAsync("del", "pods");

        Assert.Equal(
            new CliResult(2, "", "error: say which attachment is meant: give NETNS, or --container-id\n"),
            result
        );
    }

    [Fact]
    public async Task BrokenCacheEntry_IsSaidAndDelGoesOn()
    {
        await _node.RunAsync("add", "pods", _node.Namespace, "--container-id", "c");
        File.WriteAllText(_node.Cache + "/results/pods-c-eth0", "");

        CliResult result = await _node.RunAsync("del", "pods", _node.Namespace, "--container-id", "c");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("pods-c-eth0", result.Error);
        Assert.Equal(["second DEL", "first DEL"], _node.Calls.TakeLast(2));
    }

    [Fact]
    public async Task Check_FailsAsThePluginSays()
    {
        await _node.RunAsync("add", "pods", _node.Namespace);
        _node.Plugin(
            "second",
            """[ $CNI_COMMAND = CHECK ] && { echo '{"code":101,"msg":"address is gone"}'; exit 1; }"""
        );

        CliResult result = await _node.RunAsync("check", "pods", _node.Namespace);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("\"code\": 101,\n    \"msg\": \"plugin second: address is gone\"\n", result.Out);
    }

    [Fact]
    public async Task CheckOfAnOldNetwork_SaysThatThereIsNone()
    {
        _node.NetworkOf("old", ["""{"type":"first"}"""], "0.3.1");

        CliResult result = await _node.RunAsync("check", "old", _node.Namespace);

        Assert.Contains("\"cniVersion\": \"0.3.1\",\n    \"code\": 1,", result.Out);
        Assert.Contains("does not support the CHECK command", result.Out);
    }

    [Fact]
    public async Task DisabledCheck_IsMentionedOnATerminal()
    {
        _node.Configure(
            "off.conflist",
            """{"cniVersion":"1.0.0","name":"off","disableCheck":true,"plugins":[{"type":"first"}]}"""
        );

        CliResult result = await _node.RunAsync(
            new TestCli { ErrorIsTerminal = true },
            "check",
            "off",
            _node.Namespace
        );

        Assert.Equal(new CliResult(0, "", "network off has 'disableCheck': nothing was asked\n"), result);
    }

    [Fact]
    public async Task Gc_ReleasesAllButWhatIsKept()
    {
        foreach (string id in (string[])["a", "b", "c"])
            await _node.RunAsync("add", "pods", _node.Namespace, "--container-id", id);

        CliResult shown = await _node.RunAsync("gc", "pods", "--keep", "b/eth0", "--keep", "c/net1", "--dry-run");
        CliResult done = await _node.RunAsync("gc", "pods", "--keep", "b/eth0", "--keep", "c/net1");

        Assert.Equal(new CliResult(0, "a/eth0\nc/eth0\n", ""), shown);
        Assert.Equal(Silence, done);
        Assert.Equal("pods-b-eth0", Path.GetFileName(Assert.Single(Directory.GetFiles(_node.Cache + "/results"))));
    }

    [Fact]
    public async Task GcOfAll_LeavesOtherNetworksAlone()
    {
        _node.Network("storage", "first");
        await _node.RunAsync("add", "pods", _node.Namespace);
        await _node.RunAsync("add", "storage", _node.Namespace);

        Assert.Equal(Silence, await _node.RunAsync("gc", "pods", "--all"));

        string left = Path.GetFileName(Assert.Single(Directory.GetFiles(_node.Cache + "/results")));
        Assert.StartsWith("storage-", left);
    }

    [Theory]
    [InlineData("gc pods", "say what stays: --keep CONTAINER/IFNAME..., or --all for nothing")]
    [InlineData("gc pods --all --keep a/b", "give either --keep or --all, not both")]
    [InlineData("gc pods --keep a", "--keep: \"a\" is not of the form CONTAINER/IFNAME")]
    [InlineData("gc pods --keep a/b/c", "--keep: \"a/b/c\" is not of the form CONTAINER/IFNAME")]
    public async Task GcThatDoesNotSayWhatStays_IsAUsageError(string line, string error)
    {
        CliResult result = await _node.RunAsync(line.Split(' '));

        Assert.Equal(new CliResult(2, "", $"error: {error}\n"), result);
        Assert.Empty(_node.Calls);
    }
}
