using System.Text;
using Fairlead.Agent.V1;
using Fairlead.Cli.Tests.Fakes;
using Grpc.Core;

namespace Fairlead.Cli.Tests;

public class ConsoleTests
{
    private const string Soon = "100ms";

    [Fact]
    public async Task PipedInput_IsSentAndTheAnswerPrintedUntilSilence()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync(Machines.Web);

        CliResult result = await Piped(agent, "uname\n").RunAsync("console", "web", "--silence", Soon);

        Assert.Equal(new CliResult(0, "UNAME\n", ""), result);
        Assert.Equal(new ConsoleTarget { Namespace = "default", Name = "web" }, Assert.Single(agent.Machines.Consoles));
    }

    [Fact]
    public async Task EscapeKey_InAPipe_IsInputLikeAnyOther()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync(Machines.Web);

        CliResult result = await Piped(agent, "a\u001db").RunAsync("console", "vm/web", "--silence", Soon);

        Assert.Equal("A\u001dB", result.Out);
    }

    [Fact]
    public async Task LargeInput_ArrivesWhole()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync(Machines.Web);
        string text = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"line {i}\n"));
        int received = 0;
        agent.Machines.Guest = input =>
        {
            received += input.Length;
            return received == text.Length ? "done" : "";
        };

        CliResult result = await Piped(agent, text).RunAsync("console", "web", "--silence", "1s");

        Assert.Equal("done", result.Out);
    }

    [Fact]
    public async Task GuestThatEnds_EndsTheSession()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync(Machines.Web);
        agent.Machines.Guest = _ => null;

        CliResult result = await Piped(agent, "poweroff\n").RunAsync("console", "web", "--silence", "1h");

        Assert.Equal(new CliResult(0, "", ""), result);
    }

    [Fact]
    public async Task Timeout_EndsAGuestThatIsNeverSilent()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync(Machines.Web);

        CliResult result = await Piped(agent, "x").RunAsync("console", "web", "--silence", "1h", "--timeout", "200ms");

        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public async Task Force_IsPassedOn()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync(Machines.Web);

        await Piped(agent, "").RunAsync("console", "web", "--force", "--silence", Soon);

        Assert.True(Assert.Single(agent.Machines.Consoles).Force);
    }

    [Theory]
    [InlineData(StatusCode.FailedPrecondition, "default/web is not running (phase Pending): there is no console")]
    [InlineData(StatusCode.AlreadyExists, "the console of default/web is in use; --force takes it")]
    public async Task Refusal_IsTheAgentsOwnWords(StatusCode code, string words)
    {
        await using FakeAgent agent = await FakeAgent.StartAsync(Machines.Web);
        agent.Machines.Failure = new RpcException(new Status(code, words));

        CliResult result = await Piped(agent, "x").RunAsync("console", "web");

        Assert.Equal(new CliResult(1, "", $"error: {words}\n"), result);
    }

    [Fact]
    public async Task AbsentMachine_IsAnError()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync();

        CliResult result = await Piped(agent, "x").RunAsync("console", "web");

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("error: virtualmachines.fairlead.dev \"web\" not found", result.Error);
    }

    private static TestCli Piped(FakeAgent agent, string input) =>
        new(agent) { Input = new MemoryStream(Encoding.UTF8.GetBytes(input)) };
}
