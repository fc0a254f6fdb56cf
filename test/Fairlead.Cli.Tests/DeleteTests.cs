using Fairlead.Cli.Tests.Fakes;
using Fairlead.Crds;
using Grpc.Core;

namespace Fairlead.Cli.Tests;

public class DeleteTests
{
    [Fact]
    public async Task Name_IsDeletedAndAwaited()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync(Machines.Web, Machines.Db);
        agent.Machines.TearDown = TimeSpan.FromMilliseconds(300);

        CliResult result = await new TestCli(agent).RunAsync("delete", "vm", "web");

        Assert.Equal(new CliResult(0, "virtualmachine.fairlead.dev \"web\" deleted\n", ""), result);
        Assert.Equal(["db"], agent.Machines.List().Select(vm => vm.Metadata.Name));
    }

    [Fact]
    public async Task LongTearDown_IsToldOnStandardError()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync(Machines.Web);
        agent.Machines.TearDown = TimeSpan.FromSeconds(1.7);

        CliResult result = await new TestCli(agent).RunAsync("delete", "vm/web");

        Assert.Equal("waiting for default/web to be gone\n", result.Error);
        Assert.Empty(agent.Machines.List());
    }

    [Fact]
    public async Task WaitFalse_ReturnsAtOnce()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync(Machines.Web);
        agent.Machines.TearDown = TimeSpan.FromMinutes(1);

        CliResult result = await new TestCli(agent).RunAsync("delete", "vm", "web", "--wait=false");

        Assert.Equal(0, result.ExitCode);
        Assert.Single(agent.Machines.List());
    }

    [Fact]
    public async Task Timeout_FailsAndSaysWhatIsLeft()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync(Machines.Web);
        agent.Machines.TearDown = TimeSpan.FromMinutes(1);

        CliResult result = await new TestCli(agent).RunAsync("delete", "vm", "web", "--timeout", "300ms");

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("error: after 0s still waiting for default/web to be gone; it goes on", result.Error);
    }

    [Fact]
    public async Task SameNameMadeAnew_IsNotAwaited()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync(Machines.Web);
        agent.Machines.TearDown = TimeSpan.FromMinutes(1);
        Task<CliResult> deletion = new TestCli(agent).RunAsync("delete", "vm", "web");

        await agent.Machines.Doomed.Task.WaitAsync(TestContext.Current.CancellationToken);
        agent.Machines.Put(Machines.Web with { Metadata = Machines.Web.Metadata with { Uid = "another" } });

        Assert.Equal(0, (await deletion).ExitCode);
    }

    [Fact]
    public async Task AbsentName_FailsUnlessIgnored()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync(Machines.Web);

        CliResult result = await new TestCli(agent).RunAsync("delete", "vm", "nobody", "web");
        CliResult ignoring = await new TestCli(agent).RunAsync("delete", "vm", "nobody", "--ignore-not-found");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("\"nobody\" not found in namespace default", result.Error);
        Assert.Equal("virtualmachine.fairlead.dev \"web\" deleted\n", result.Out);
        Assert.Equal(new CliResult(0, "", ""), ignoring);
    }

    [Fact]
    public async Task All_IsAllOfTheNamespace()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync(Machines.Web, Machines.Db, Machines.InShop);

        CliResult result = await new TestCli(agent).RunAsync("delete", "vm", "--all");
        CliResult again = await new TestCli(agent).RunAsync("delete", "vm", "--all");

        Assert.Equal(
            "virtualmachine.fairlead.dev \"db\" deleted\nvirtualmachine.fairlead.dev \"web\" deleted\n",
            result.Out
        );
        Assert.Equal(Machines.InShop.Key, Assert.Single(agent.Machines.List()).Key);
        Assert.Equal(new CliResult(0, "", "No resources found in default namespace.\n"), again);
    }

    [Fact]
    public async Task Manifest_NamesWhatIsDeletedEvenWithErrors()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync(Machines.Web, Machines.InShop);
        using ManifestFolder folder = new();
        string file = folder.Write(
            "all.yaml",
            """
            apiVersion: fairlead.dev/v1alpha1
            kind: VirtualMachine
            metadata: {name: web}
            spec: {domain: {vcpu: none}}
            ---
            apiVersion: fairlead.dev/v1alpha1
            kind: VirtualMachine
            metadata: {name: db, namespace: shop}
            """
        );

        CliResult result = await new TestCli(agent).RunAsync("delete", "-f", file);

        Assert.Equal(0, result.ExitCode);
        Assert.Empty(agent.Machines.List());
    }

    [Theory]
    [InlineData("delete", "say which type of object is meant: vm")]
    [InlineData("delete vm", "say which: vm NAME..., vm --all, or -f FILE")]
    [InlineData("delete vm web --all", "give either names or --all, not both")]
    [InlineData("delete vm web -f x.yaml", "give either -f or vm NAME..., not both")]
    [InlineData(
        "delete vm web db/x",
        "\"vm\" stands beside names of the form vm/NAME; write vm/vm, or vm NAME... for all"
    )]
    public async Task UnclearCommandLine_DeletesNothing(string line, string error)
    {
        await using FakeAgent agent = await FakeAgent.StartAsync(Machines.Web);

        CliResult result = await new TestCli(agent).RunAsync(line.Split(' '));

        Assert.Equal(new CliResult(2, "", $"error: {error}\n"), result);
        Assert.Single(agent.Machines.List());
    }

    [Fact]
    public async Task SwitchWithAnotherValue_IsNotTakenForAName()
    {
        VirtualMachine no = Machines.Db with { Metadata = Machines.Db.Metadata with { Name = "no" } };
        await using FakeAgent agent = await FakeAgent.StartAsync(Machines.Web, no);

        CliResult result = await new TestCli(agent).RunAsync("delete", "vm", "web", "--wait=no");

        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith("error: --wait: \"no\" is neither true nor false\n", result.Error);
        Assert.Equal(2, agent.Machines.List().Count);
    }

    [Fact]
    public async Task AgentsFailure_IsOneLine()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync(Machines.Web);
        agent.Machines.Failure = new RpcException(new Status(StatusCode.FailedPrecondition, "the agent is draining"));

        CliResult result = await new TestCli(agent).RunAsync("delete", "vm", "web");

        Assert.Equal(new CliResult(1, "", "error: the agent is draining\n"), result);
    }
}
