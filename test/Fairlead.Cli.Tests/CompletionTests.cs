using System.Diagnostics;
using System.Net.Sockets;
using Fairlead.Cli.Tests.Fakes;

namespace Fairlead.Cli.Tests;

public class CompletionTests
{
    [Theory]
    [InlineData("fairlead ", "apply", "get")]
    [InlineData("fairlead de", "delete", "describe")]
    [InlineData("fairlead get ", "vm")]
    [InlineData("fairlead get vm -o ", "json", "name", "table", "wide", "yaml")]
    [InlineData("fairlead completion ", "bash", "fish", "zsh")]
    public async Task Line_IsCompleted(string line, params string[] expected)
    {
        Assert.Superset(expected.ToHashSet(), await CompleteAsync(line));
    }

    [Theory]
    [InlineData("fairlead get ", false)]
    [InlineData("fairlead get -", true)]
    [InlineData("fairlead get --wat", true)]
    public async Task Options_AreNamedOnlyAfterADash(string line, bool named) =>
        Assert.Equal(named, (await CompleteAsync(line)).Contains("--watch"));

    [Fact]
    public async Task CursorBeforeTheEnd_CompletesTheWordThere()
    {
        CliResult result = await new TestCli().RunAsync("[suggest:11]", "fairlead de vm web");

        Assert.Equal("delete\ndescribe\ndetach\n", result.Out);
    }

    [Theory]
    [InlineData("get vm ", "db", "web")]
    [InlineData("get vm we", "web")]
    [InlineData("delete vm web ", "db")]
    [InlineData("describe vm/w", "vm/web")]
    [InlineData("console ", "db", "web")]
    [InlineData("stop -n shop ", "db")]
    public async Task Names_AreAskedFromTheAgent(string line, params string[] names)
    {
        await using FakeAgent agent = await FakeAgent.StartAsync(Machines.Web, Machines.Db, Machines.InShop);

        HashSet<string> candidates = await CompleteAsync($"fairlead --state-dir {agent.StateDirectory} {line}");

        Assert.Equal(names, candidates.Where(c => c != "vm").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task AgentThatDoesNotAnswer_IsNotWaitedFor()
    {
        string directory = Directory.CreateTempSubdirectory("fl-cli-").FullName;
        string path = Path.Combine(directory, "run", "agent", "agent.sock");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using Socket silent = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        silent.Bind(new UnixDomainSocketEndPoint(path));
        silent.Listen();
        Stopwatch watch = Stopwatch.StartNew();

        HashSet<string> candidates = await CompleteAsync($"fairlead --state-dir {directory} start ");

        Assert.DoesNotContain("web", candidates);
        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(0.25), TimeSpan.FromSeconds(5));
        silent.Close();
        Directory.Delete(directory, recursive: true);
    }

    [Theory]
    [InlineData("bash", "complete -o default -F _fairlead fairlead")]
    [InlineData("zsh", "#compdef fairlead")]
    [InlineData("fish", "complete --command fairlead")]
    public async Task Script_AsksTheProgramItself(string shell, string part)
    {
        CliResult result = await new TestCli().RunAsync("completion", shell);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains(part, result.Out);
        Assert.Contains("[suggest:", result.Out);
    }

    private static async Task<HashSet<string>> CompleteAsync(string line)
    {
        CliResult result = await new TestCli().RunAsync($"[suggest:{line.Length}]", line);
        Assert.Equal("", result.Error);
        return [.. result.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }
}
