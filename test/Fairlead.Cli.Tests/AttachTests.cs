using Fairlead.Agent.V1;
using Fairlead.Cli.Tests.Fakes;

namespace Fairlead.Cli.Tests;

/// <summary><c>fairlead attach</c> and <c>detach</c>.</summary>
public sealed class AttachTests
{
    [Fact]
    public async Task Attach_SaysWhatTheDomainGot()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync();

        CliResult result = await new TestCli(agent).RunAsync("attach", "mine");

        Assert.Equal(
            new CliResult(
                0,
                "domain/mine vNIC net0 attached to network podnet: 10.88.0.7/16, MAC 02:00:00:00:00:07\n",
                ""
            ),
            result
        );
    }

    [Fact]
    public async Task Attach_PassesEveryOption()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync();

        await new TestCli(agent).RunAsync(
            "attach",
            "mine",
            "--network",
            "storage",
            "--mac",
            "02:00:00:00:00:07",
            "--ip",
            "10.88.0.7",
            "--name",
            "data"
        );

        Assert.Equal(
            new AttachRequest
            {
                Domain = "mine",
                Network = "storage",
                Mac = "02:00:00:00:00:07",
                Ip = "10.88.0.7",
                Name = "data",
            },
            Assert.Single(agent.Domains.Attached)
        );
    }

    [Fact]
    public async Task Attach_ToNoDomain_FailsInTheAgentsWords()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync();

        CliResult result = await new TestCli(agent).RunAsync("attach", "other");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("no domain \"other\"", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "domain/mine vNIC net0 detached\n")]
    [InlineData(
        false,
        "domain/mine vNIC net0 is asked for: the guest has not let it go yet, and it is released when it has\n"
    )]
    public async Task Detach_SaysWhetherTheGuestHasLetGo(bool letsGo, string printed)
    {
        await using FakeAgent agent = await FakeAgent.StartAsync();
        agent.Domains.GuestLetsGo = letsGo;

        CliResult result = await new TestCli(agent).RunAsync("detach", "mine", "net0");

        Assert.Equal(new CliResult(0, printed, ""), result);
    }
}
