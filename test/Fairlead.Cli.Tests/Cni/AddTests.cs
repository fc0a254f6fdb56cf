using Fairlead.Cli.Tests.Fakes;

namespace Fairlead.Cli.Tests.Cni;

public sealed class AddTests : IDisposable
{
    private readonly CniNode _node = new();

    public AddTests()
    {
        _node.Plugin("first");
        _node.Network("pods", "first");
    }

    public void Dispose() => _node.Dispose();

    [Fact]
    public async Task Result_IsPrintedByteForByte()
    {
        CliResult result = await _node.RunAsync("add", "pods", _node.Namespace);

        Assert.Equal(new CliResult(0, CniNode.Result, ""), result);
    }

    [Fact]
    public async Task ResultOnATerminal_EndsItsLine()
    {
        CliResult result = await _node.RunAsync(new TestCli { IsTerminal = true }, "add", "pods", _node.Namespace);

        Assert.Equal(CniNode.Result + "\n", result.Out);
    }

    [Fact]
    public async Task CapabilityThatNoPluginDeclares_IsSaidOnATerminal()
    {
        string[] args = ["add", "pods", _node.Namespace, "--cap-args", """{"mac":"02:00:00:00:00:01","ips":[]}"""];

        CliResult result = await _node.RunAsync(new TestCli { ErrorIsTerminal = true }, args);
        CliResult script = await _node.RunAsync(args);

        Assert.Equal("no plugin of network pods declares capability \"ips\": none gets it\n", result.Error);
        Assert.Equal("", script.Error);
    }

    [Fact]
    public async Task NothingElseGiven_PluginGetsTheDefaultsOfCnitool()
    {
        await _node.RunAsync("add", "pods", _node.Namespace);

        Assert.Equal("eth0", _node.VariableOf("first", "CNI_IFNAME"));
        Assert.Equal(_node.Namespace, _node.VariableOf("first", "CNI_NETNS"));
        Assert.Equal(_node.Plugins, _node.VariableOf("first", "CNI_PATH"));
        Assert.Equal("", _node.VariableOf("first", "CNI_ARGS"));
        Assert.Matches("^cnitool-[0-9a-f]{20}$", _node.VariableOf("first", "CNI_CONTAINERID"));
        Assert.Equal(["first ADD"], _node.Calls);
    }

    [Fact]
    public async Task Variables_ReachThePlugin()
    {
        TestCli cli = new()
        {
            Variables =
            {
                ["CNI_IFNAME"] = "net1",
                ["CNI_ARGS"] = "IgnoreUnknown=1;K8S_POD_NAME=a=b;EMPTY=",
                ["CAP_ARGS"] = """{"mac":"02:00:00:00:00:01","other":1}""",
            },
        };

        await _node.RunAsync(cli, "add", "pods", _node.Namespace);

        Assert.Equal("net1", _node.VariableOf("first", "CNI_IFNAME"));
        Assert.Equal("IgnoreUnknown=1;K8S_POD_NAME=a=b;EMPTY=", _node.VariableOf("first", "CNI_ARGS"));
        Assert.Contains(
            """
            "runtimeConfig":{"mac":"02:00:00:00:00:01"}
            """.Trim(),
            _node.InputOf("first", "ADD")
        );
    }

    [Fact]
    public async Task Options_WinOverVariables()
    {
        TestCli cli = new()
        {
            Variables =
            {
                ["CNI_IFNAME"] = "no",
                ["CNI_ARGS"] = "NO=1",
                ["CAP_ARGS"] = "not even JSON",
                ["CNI_PATH"] = "/nowhere",
                ["NETCONFPATH"] = "/nowhere",
            },
        };

        CliResult result = await _node.RunAsync(
            cli,
            "add",
            "pods",
            _node.Namespace,
            "--cni-ifname=net2",
            "--cni-args=A=1",
            "--cap-args={}",
            "--cni-path",
            "/nowhere:" + _node.Plugins,
            "--netconfpath",
            _node.Configurations,
            "--container-id",
            "mine"
        );

        Assert.Equal(0, result.ExitCode);
        Assert.Equal("net2", _node.VariableOf("first", "CNI_IFNAME"));
        Assert.Equal("A=1", _node.VariableOf("first", "CNI_ARGS"));
        Assert.Equal("mine", _node.VariableOf("first", "CNI_CONTAINERID"));
        Assert.Equal("pods-mine-net2", Path.GetFileName(Assert.Single(Directory.GetFiles(_node.Cache + "/results"))));
    }

    [Fact]
    public async Task PluginEnvironment_IsWhatWasAskedFor()
    {
        TestCli cli = new() { Variables = { ["TOKEN"] = "t", ["SECRET"] = "s" } };

        await _node.RunAsync(
            cli,
            "add",
            "pods",
            _node.Namespace,
            "--env",
            "TOKEN",
            "--env",
            "X=1=2",
            "--env",
            "ABSENT"
        );

        Assert.Equal("t", _node.VariableOf("first", "TOKEN"));
        Assert.Equal("1=2", _node.VariableOf("first", "X"));
        Assert.Null(_node.VariableOf("first", "SECRET"));
        Assert.Null(_node.VariableOf("first", "ABSENT"));
        Assert.Null(_node.VariableOf("first", "HOME"));
    }

    [Fact]
    public async Task StandardErrorOfASuccessfulPlugin_IsHandedOn()
    {
        _node.Plugin("first", "[ $CNI_COMMAND = ADD ] && echo careful >&2");

        CliResult result = await _node.RunAsync("add", "pods", _node.Namespace);

        Assert.Equal(CniNode.Result, result.Out);
        Assert.Contains("first", result.Error);
        Assert.Contains("careful", result.Error);
    }

    [Fact]
    public async Task FailedPlugin_IsAnErrorObjectAndIsRolledBack()
    {
        _node.Plugin(
            "second",
            """[ $CNI_COMMAND = ADD ] && { echo '{"code":11,"msg":"not now","details":"busy"}'; exit 1; }"""
        );
        _node.Network("pods", "first", "second");

        CliResult result = await _node.RunAsync("add", "pods", _node.Namespace);

        Assert.Equal(
            new CliResult(
                1,
                """
                {
                    "cniVersion": "1.0.0",
                    "code": 11,
                    "msg": "plugin second: not now",
                    "details": "busy; rolled back"
                }

                """,
                ""
            ),
            result
        );
        Assert.Equal(["first ADD", "second ADD", "second DEL", "first DEL"], _node.Calls);
    }

    [Fact]
    public async Task FailedRollBack_IsInTheDetails()
    {
        _node.Plugin(
            "first",
            """[ $CNI_COMMAND = VERSION ] || { echo '{"code":100,"msg":"no '$CNI_COMMAND'"}'; exit 1; }"""
        );

        CliResult result = await _node.RunAsync("add", "pods", _node.Namespace, "--container-id", "c");

        Assert.Contains("\"msg\": \"plugin first: no ADD\"", result.Out);
        Assert.Contains(
            "\"details\": \"rolled back, but not wholly, call DEL again: DEL eth0 of c (network pods, plugin first): 100 no DEL\"",
            result.Out
        );
    }

    [Fact]
    public async Task FailureOnATerminal_IsSaidInOneLineBesides()
    {
        _node.Plugin("first", """[ $CNI_COMMAND = ADD ] && { printf 'one\ntwo \033[31m\n' >&2; exit 3; }""");

        CliResult result = await _node.RunAsync(
            new TestCli { ErrorIsTerminal = true },
            "add",
            "pods",
            _node.Namespace,
            "--container-id",
            "c"
        );

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("{\n", result.Out);
        Assert.Equal(
            "error: ADD eth0 of c (network pods, plugin first): failed with no error message: exit status 3; one two [31m; rolled back\n",
            result.Error
        );
    }

    [Fact]
    public async Task PluginThatHangs_IsKilledAndMayBeTriedAgain()
    {
        _node.Plugin("first", "[ $CNI_COMMAND = ADD ] && sleep 60");

        CliResult result = await _node.RunAsync("add", "pods", _node.Namespace, "--plugin-timeout", "300ms");

        Assert.Contains("\"code\": 11,", result.Out);
        Assert.Contains("plugin first: did not end within 0.3 s", result.Out);
    }

    [Fact]
    public async Task MissingPlugin_IsNamedWithItsNetworkAndFile()
    {
        _node.Network("pods", "frist");

        CliResult result = await _node.RunAsync("add", "pods", _node.Namespace);

        Assert.Equal(
            """
            {
                "cniVersion": "1.0.0",
                "code": 7,
                "msg": "plugin \"frist\" is not in ROOT/bin",
                "details": "network pods of ROOT/net.d/pods.conflist needs it; did you mean first?"
            }

            """,
            _node.Neutral(result.Out)
        );
    }

    [Fact]
    public async Task MissingNetwork_SaysWhatThereIsAndWhatWasSkipped()
    {
        _node.Configure("20-other.conflist", """{"name":"podz","plugins":[{}]}""");

        CliResult result = await _node.RunAsync("add", "podz", _node.Namespace);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(
            "\"code\": 7,\n    \"msg\": \"there is no network \\\"podz\\\" in ROOT/net.d\"",
            _node.Neutral(result.Out)
        );
        Assert.Contains(
            "did you mean pods?; skipped ROOT/net.d/20-other.conflist: $.plugins[0]: missing 'type'",
            _node.Neutral(result.Out)
        );
    }

    [Fact]
    public async Task MissingNamespace_IsSaidBeforeAnyPluginRuns()
    {
        CliResult result = await _node.RunAsync("add", "pods", "no-such-name");

        Assert.Contains(
            "\"code\": 8,\n    \"msg\": \"there is no network namespace /run/netns/no-such-name\"",
            result.Out
        );
        Assert.Empty(_node.Calls);
    }

    [Theory]
    [InlineData("CNI_ARGS", "A=1;;B=2", """CNI_ARGS: pair 2, \"\", is not of the form KEY=VALUE""")]
    [InlineData("CNI_ARGS", "=1", """CNI_ARGS: pair 1, \"=1\", is not of the form KEY=VALUE""")]
    [InlineData("CNI_ARGS", "A", """CNI_ARGS: pair 1, \"A\", is not of the form KEY=VALUE""")]
    [InlineData("CAP_ARGS", "[1]", "CAP_ARGS: it is an array")]
    [InlineData("CAP_ARGS", "{\n\"mac\":}", "CAP_ARGS: line 2, byte 7 is not JSON")]
    [InlineData("CNI_IFNAME", "sixteen-bytes-xx", "longer than 15 bytes")]
    [InlineData("CNI_IFNAME", "../x", "slash")]
    public async Task VariableThatCannotBeUsed_IsAnErrorOfTheEnvironment(string name, string value, string message)
    {
        CliResult result = await _node.RunAsync(
            new TestCli { Variables = { [name] = value } },
            "add",
            "pods",
            _node.Namespace
        );

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("\"code\": 4,", result.Out);
        Assert.Contains(message, result.Out);
        Assert.Empty(_node.Calls);
    }

    [Theory]
    [InlineData("add pods", "required argument", "NETNS")]
    [InlineData("add pods x --cni-ifnam y", "unknown option \"--cni-ifnam\"", "did you mean --cni-ifname?")]
    [InlineData("ad pods x", "unknown command \"ad\" for \"fairlead cni\"; did you mean add?")]
    [InlineData("add pods x --env =1", "--env: \"=1\" is not of the form NAME or NAME=VALUE")]
    public async Task CommandLineThatIsNotUnderstood_IsAUsageError(string line, params string[] parts)
    {
        CliResult result = await _node.RunAsync(line.Split(' '));

        Assert.Equal(2, result.ExitCode);
        Assert.Equal("", result.Out);
        Assert.All(parts, part => Assert.Contains(part, result.Error));
    }
}
