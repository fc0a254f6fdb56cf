using System.CommandLine;
using Fairlead.Cli.CommandLine;
using Fairlead.Cli.Tests.Fakes;

namespace Fairlead.Cli.Tests;

public class HelpTests
{
    public static TheoryData<string> Commands => [.. Walk(FairleadRoot.Create(), "").Where(path => path.Length > 0)];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task EveryCommand_HasAPurposeAndAnExample(string path)
    {
        CliResult result = await new TestCli().RunAsync([.. path.Split(' '), "--help"]);

        Assert.Equal(0, result.ExitCode);
        Assert.Matches("(?m)^Description:\n  [A-Z].*[^.]\n", result.Out);
        string examples = result.Out[result.Out.IndexOf("\nExamples:\n", StringComparison.Ordinal)..];
        Assert.Matches("(?m)^  # ", examples);
        Assert.Contains($"fairlead {path}", examples);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void EveryOptionAndArgument_IsDescribed(string path)
    {
        Command command = FairleadRoot.Create();
        foreach (string name in path.Split(' '))
            command = command.Subcommands.Single(subcommand => subcommand.Name == name);

        Assert.All(command.Options, option => Assert.False(string.IsNullOrWhiteSpace(option.Description), option.Name));
        Assert.All(command.Arguments, argument => Assert.False(string.IsNullOrWhiteSpace(argument.Description)));
    }

    [Fact]
    public async Task NoCommand_ShowsTheCommands()
    {
        CliResult result = await new TestCli().RunAsync();

        Assert.Equal(0, result.ExitCode);
        Assert.Matches("(?m)^  apply +Create or change virtual machines from manifests$", result.Out);
    }

    [Fact]
    public async Task HelpOfAnIncompleteCommandLine_IsHelp()
    {
        CliResult result = await new TestCli().RunAsync("apply", "-h");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("fairlead apply -f web.yaml", result.Out);
    }

    private static IEnumerable<string> Walk(Command command, string path) =>
        // A hidden command has no help: it is not called by people.
        command
            .Subcommands.Where(subcommand => !subcommand.Hidden)
            .SelectMany(subcommand => Walk(subcommand, $"{path} {subcommand.Name}".Trim()))
            .Prepend(path);
}
