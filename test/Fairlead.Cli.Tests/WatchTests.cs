using Fairlead.Cli.Tests.Fakes;
using Fairlead.Crds;

namespace Fairlead.Cli.Tests;

public class WatchTests
{
    [Fact]
    public async Task Changes_ArePrintedLineByLineUntilCancelled()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync(Machines.Web, Machines.Db);
        using WatchRun run = new(agent, "get", "vm", "--watch");

        await run.UntilAsync(2 + 1);
        agent.Machines.Put(
            Machines.Db with
            {
                Status = new VirtualMachineStatus { Phase = VirtualMachinePhase.Failed },
            }
        );
        await run.UntilAsync(4);
        agent.Machines.Remove(Machines.Web.Key);
        await run.UntilAsync(5);

        Assert.Equal(
            """
            NAME   PHASE     IP          NODE     AGE
            db     Pending   <none>      <none>   5s
            web    Running   10.88.0.4   node1    3m12s
            db     Failed    <none>      <none>   5s
            web    Deleted   10.88.0.4   node1    3m12s

            """,
            await run.EndAsync()
        );
    }

    [Fact]
    public async Task NothingYet_WaitsForTheFirst()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync();
        using WatchRun run = new(agent, "get", "vm", "-w", "-o", "name");

        await agent.Machines.Watched.WaitAsync(TestContext.Current.CancellationToken);
        agent.Machines.Put(Machines.Web);
        await run.UntilAsync(1);

        Assert.Equal("virtualmachine.fairlead.dev/web\n", await run.EndAsync());
    }

    [Fact]
    public async Task OneName_LeavesOthersOut()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync(Machines.Web);
        using WatchRun run = new(agent, "get", "vm", "web", "-w", "--no-headers");

        await run.UntilAsync(1);
        agent.Machines.Put(Machines.Db);
        agent.Machines.Remove(Machines.Web.Key);
        await run.UntilAsync(2);

        string[] lines = (await run.EndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines, line => Assert.StartsWith("web", line));
    }

    [Fact]
    public async Task Yaml_SeparatesDocuments()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync(Machines.Web, Machines.Db);
        using WatchRun run = new(agent, "get", "vm", "-w", "-o", "yaml");

        await run.UntilAsync("name: web");

        string printed = await run.EndAsync();
        Assert.Single(printed.Split('\n'), line => line == "---");
        Assert.Equal(2, ManifestReader.Read(printed, "watch").Documents.Count);
    }

    [Fact]
    public async Task LabelsThatNoLongerMatch_EndTheMachineForTheWatch()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync(Machines.Web);
        using WatchRun run = new(agent, "get", "vm", "-w", "-l", "app=web", "--no-headers");

        await run.UntilAsync(1);
        agent.Machines.Put(
            Machines.Web with
            {
                Metadata = Machines.Web.Metadata with { Labels = Machines.Db.Metadata.Labels },
            }
        );
        await run.UntilAsync(2);

        Assert.Contains("Deleted", await run.EndAsync());
    }

    [Fact]
    public async Task AgentThatStops_EndsTheWatchWithAnError()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync(Machines.Web);
        using WatchRun run = new(agent, "get", "vm", "-w");

        await run.UntilAsync(2);
        agent.Machines.EndStreams();
        CliResult result = await run.Result;

        Assert.Equal(1, result.ExitCode);
        Assert.Equal("error: the agent ended the watch; is it being stopped?\n", result.Error);
    }

    /// <summary>A watch that runs beside the test.</summary>
    private sealed class WatchRun : IDisposable
    {
        private readonly CancellationTokenSource _end = CancellationTokenSource.CreateLinkedTokenSource(
            TestContext.Current.CancellationToken
        );
        private readonly TestCli _cli;

        public WatchRun(FakeAgent agent, params string[] args)
        {
            _cli = new TestCli(agent);
            Result = _cli.RunUntilAsync(_end.Token, args);
        }

        public Task<CliResult> Result { get; }

        public Task UntilAsync(int lines) => UntilAsync(text => text.Count(c => c == '\n') >= lines);

        public Task UntilAsync(string part) => UntilAsync(text => text.Contains(part));

        /// <summary>As Ctrl-C does; <c>Program</c> makes 130 of it.</summary>
        public async Task<string> EndAsync()
        {
            await _end.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Result);
            return _cli.OutputSoFar;
        }

        public void Dispose() => _end.Dispose();

        private async Task UntilAsync(Predicate<string> isThere)
        {
            using CancellationTokenSource limit = new(TimeSpan.FromSeconds(20));
            while (!isThere(_cli.OutputSoFar))
            {
                if (Result.IsCompleted)
                    Assert.Fail($"the watch has ended: {(await Result).Error}");
                await Task.Delay(10, limit.Token);
            }
        }
    }
}
