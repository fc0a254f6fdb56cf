using System.Text.Json.Nodes;
using Fairlead.Cli.Tests.Fakes;

namespace Fairlead.Cli.Tests;

public class VersionTests
{
    [Fact]
    public async Task ReachableAgent_IsShownToo()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync();

        CliResult result = await new TestCli(agent).RunAsync("version");

        Assert.Matches(@"^Client Version: 0\.1\.0\S*\nAgent Version: 9\.9\.9\+abc \(node node1\)\n$", result.Out);
    }

    [Fact]
    public async Task UnreachableAgent_IsNoFailure()
    {
        CliResult result = await new TestCli().RunAsync("version", "--state-dir", "/nonexistent");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains(
            "\nAgent Version: unknown (cannot reach the agent at /nonexistent/run/agent/agent.sock",
            result.Out
        );
    }

    [Fact]
    public async Task Json_HasBothVersions()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync();

        CliResult result = await new TestCli(agent).RunAsync("version", "-o", "json");

        JsonNode document = JsonNode.Parse(result.Out)!;
        Assert.StartsWith("0.1.0", document["clientVersion"]!["version"]!.GetValue<string>());
        Assert.Equal("9.9.9", document["agentVersion"]!["version"]!.GetValue<string>());
        Assert.Equal("abc", document["agentVersion"]!["commit"]!.GetValue<string>());
        Assert.Equal("node1", document["agentVersion"]!["node"]!.GetValue<string>());
    }

    [Fact]
    public async Task ClientOnly_AsksNobody()
    {
        CliResult result = await new TestCli().RunAsync("version", "--client", "--state-dir", "/nonexistent");

        Assert.Matches(@"^Client Version: \S+\n$", result.Out);
    }

    [Fact]
    public async Task VersionOption_PrintsTheProgramsVersion()
    {
        CliResult result = await new TestCli().RunAsync("--version");

        Assert.Equal(0, result.ExitCode);
        Assert.NotEqual("", result.Out);
    }
}
