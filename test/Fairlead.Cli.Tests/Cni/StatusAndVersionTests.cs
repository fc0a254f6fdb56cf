using Fairlead.Cli.Tests.Fakes;

namespace Fairlead.Cli.Tests.Cni;

public sealed class StatusAndVersionTests : IDisposable
{
    private readonly CniNode _node = new();

    public void Dispose() => _node.Dispose();

    [Fact]
    public async Task StatusOfPluginsThatAreReady_IsSilent()
    {
        _node.Plugin("first");
        _node.NetworkOf("pods", ["""{"type":"first"}"""], "1.1.0");

        Assert.Equal(new CliResult(0, "", ""), await _node.RunAsync("status", "pods"));
        Assert.Equal(["first STATUS"], _node.Calls);
    }

    [Fact]
    public async Task StatusOfAPluginThatIsNotReady_KeepsItsCode()
    {
        _node.Plugin(
            "first",
            """
            [ $CNI_COMMAND = STATUS ] && { echo '{"code":50,"msg":"no daemon"}'; exit 1; }
            [ $CNI_COMMAND = VERSION ] && { echo '{"cniVersion":"1.1.0","supportedVersions":["1.1.0"]}'; exit 0; }
            """
        );
        _node.NetworkOf("pods", ["""{"type":"first"}"""], "1.1.0");

        CliResult result = await _node.RunAsync("status", "pods");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("\"code\": 50,\n    \"msg\": \"plugin first: no daemon\"\n", result.Out);
    }

    [Fact]
    public async Task StatusOfAPluginThatHasNone_SaysSoInsteadOfItsComplaint()
    {
        _node.Plugin(
            "first",
            """[ $CNI_COMMAND = STATUS ] && { echo '{"code":3,"msg":"missing containerID"}'; exit 1; }"""
        );
        _node.NetworkOf("pods", ["""{"type":"first"}"""], "1.1.0");

        CliResult result = await _node.RunAsync("status", "pods");

        Assert.Contains("\"code\": 1,", result.Out);
        Assert.Contains("plugin first does not speak version 1.1.0, only 0.4.0, 1.0.0", result.Out);
        Assert.Contains("to STATUS it answered: missing containerID", result.Out);
    }

    [Fact]
    public async Task StatusOfAnOldNetwork_AsksNobody()
    {
        _node.Plugin("first");
        _node.Network("pods", "first");

        CliResult result = await _node.RunAsync(new TestCli { ErrorIsTerminal = true }, "status", "pods");

        Assert.Equal(new CliResult(0, "", "network pods has version 1.0.0: nothing was asked\n"), result);
        Assert.Empty(_node.Calls);
    }

    [Fact]
    public async Task Version_IsAPluginsAnswer()
    {
        CliResult result = await _node.RunAsync("version");

        Assert.Equal(
            """{"cniVersion":"1.1.0","supportedVersions":["0.1.0","0.2.0","0.3.0","0.3.1","0.4.0","1.0.0","1.1.0"]}""",
            string.Concat(result.Out.Where(c => !char.IsWhiteSpace(c)))
        );
    }

    [Fact]
    public async Task VersionOfANetwork_AsksItsPlugins()
    {
        _node.Plugin("first");
        _node.Plugin("addresses", """echo '{"cniVersion":"0.2.0"}'; exit 0""");
        _node.NetworkOf("pods", ["""{"type":"first","ipam":{"type":"addresses"}}"""]);

        CliResult result = await _node.RunAsync("version", "pods");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(
            """
            {"name":"pods","cniVersion":"1.0.0","plugins":[
            {"type":"first","file":"ROOT/bin/first","cniVersion":"1.0.0","supportedVersions":["0.4.0","1.0.0"]},
            {"type":"addresses","file":"ROOT/bin/addresses","cniVersion":"0.2.0","supportedVersions":["0.1.0","0.2.0"]}]}
            """.Replace("\n", "", StringComparison.Ordinal),
            _node.Neutral(string.Concat(result.Out.Where(c => !char.IsWhiteSpace(c))))
        );
    }
}
