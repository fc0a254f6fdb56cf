using Fairlead.Agent.V1;
using Fairlead.Cli.Tests.Fakes;

namespace Fairlead.Cli.Tests;

public class StartStopTests
{
    [Fact]
    public async Task Stop_SetsRunningFalse()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync(Machines.Web);

        CliResult result = await new TestCli(agent).RunAsync("stop", "web", "--wait");

        Assert.Equal(new CliResult(0, "virtualmachine.fairlead.dev/web stopped\n", ""), result);
        Assert.Equal(
            new SetRunningRequest
            {
                Namespace = "default",
                Name = "web",
                Running = false,
            },
            Assert.Single(agent.Machines.Switched)
        );
    }

    [Fact]
    public async Task Start_OfARunningMachine_SaysThatNothingChanged()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync(Machines.Web);

        CliResult result = await new TestCli(agent).RunAsync("start", "vm/web");

        Assert.Equal(
            new CliResult(0, "virtualmachine.fairlead.dev/web unchanged (it is to run already)\n", ""),
            result
        );
    }

    [Fact]
    public async Task Start_InANamespace_ReachesThatMachine()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync(Machines.Db, Machines.InShop);
        await new TestCli(agent).RunAsync("stop", "db", "-n", "shop");

        CliResult result = await new TestCli(agent).RunAsync("start", "db", "-n", "shop", "--wait");

        Assert.Equal("virtualmachine.fairlead.dev/db started\n", result.Out);
        Assert.All(agent.Machines.Switched, request => Assert.Equal("shop", request.Namespace));
    }

    [Theory]
    [InlineData("start")]
    [InlineData("stop")]
    public async Task AbsentMachine_IsAnError(string command)
    {
        await using FakeAgent agent = await FakeAgent.StartAsync();

        CliResult result = await new TestCli(agent).RunAsync(command, "web");

        Assert.Equal(
            new CliResult(1, "", "error: virtualmachines.fairlead.dev \"web\" not found in namespace default\n"),
            result
        );
    }

    [Theory]
    [InlineData("start", "required argument \"name\" missing for command: \"start\"")]
    [InlineData("stop a b", "unknown argument \"b\" for \"fairlead stop\"")]
    [InlineData("stop pod/a", "there is no type of object \"pod\"; there is virtualmachines (short: vm, vms)")]
    [InlineData("stop vm/", "\"vm/\" is not of the form vm/NAME")]
    [InlineData("stop a --timeout soon", "--timeout: \"soon\" is not a duration such as 30s, 2m or 1h30m")]
    public async Task WrongCommandLine_IsAUsageError(string line, string error)
    {
        CliResult result = await new TestCli().RunAsync(line.Split(' '));

        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith($"error: {error}\n", result.Error);
    }
}
