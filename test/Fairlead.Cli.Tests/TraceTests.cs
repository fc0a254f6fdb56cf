using System.Globalization;
using System.Text.Json.Nodes;
using Fairlead.Agent.V1;
using Fairlead.Cli.Tests.Fakes;

namespace Fairlead.Cli.Tests;

public class TraceTests
{
    private static readonly TraceEvent Asked = Event("DISCOVER", "guest asks for an address (DISCOVER)", odd: false);
    private static readonly TraceEvent Refused = Event("NAK", "server refuses (NAK)", odd: true);

    [Fact]
    public async Task Packets_AreALineEach_WithTimeAndInterface()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync(Machines.Web);
        agent.Machines.Traced.Add(Asked);
        agent.Machines.Traced.Add(Refused);

        CliResult result = await new TestCli(agent).RunAsync("trace", "vm", "web", "--interface", "net0");

        string time = Machines.Now.ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        Assert.Equal(
            $"{time}.250   net0: guest asks for an address (DISCOVER)\n{time}.250 ! net0: server refuses (NAK)\n",
            result.Out
        );
        Assert.Equal(0, result.ExitCode);
        TraceRequest request = Assert.Single(agent.Machines.Traces);
        Assert.Equal(("default", "web", "net0"), (request.Namespace, request.Name, request.Vnic));
    }

    [Fact]
    public async Task Json_IsAnObjectALine()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync(Machines.Web);
        agent.Machines.Traced.Add(Asked);
        agent.Machines.Traced.Add(Refused);

        CliResult result = await new TestCli(agent).RunAsync("trace", "vm/web", "-o", "json");

        JsonNode[] lines = [.. result.Out.TrimEnd('\n').Split('\n').Select(line => JsonNode.Parse(line)!)];
        Assert.Equal(["DISCOVER", "NAK"], lines.Select(line => (string?)line["type"]));
        Assert.Equal([false, true], lines.Select(line => (bool)line["odd"]!));
        Assert.Equal(Machines.Now.AddMilliseconds(250), (DateTimeOffset)lines[0]["time"]!);
    }

    [Theory]
    [InlineData("vm")]
    [InlineData("vm", "web", "db")]
    public async Task OtherThanOneName_IsAUsageError(params string[] words)
    {
        CliResult result = await new TestCli().RunAsync(["trace", .. words]);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("one only: vm NAME", result.Error);
    }

    [Fact]
    public async Task UnknownName_IsAnError()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync();

        CliResult result = await new TestCli(agent).RunAsync("trace", "vm", "nobody");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("\"nobody\" not found", result.Error);
    }

    private static TraceEvent Event(string type, string text, bool odd) =>
        new()
        {
            Time = Machines.Now.AddMilliseconds(250).ToUnixTimeMilliseconds(),
            Vnic = "net0",
            Protocol = "dhcp",
            Type = type,
            Text = text,
            Odd = odd,
        };
}
