using System.CommandLine;
using Fairlead.Cli.CommandLine;
using Fairlead.Standalone;

namespace Fairlead.Cli.Commands;

/// <summary>What up, down, status, doctor and sandbox share.</summary>
internal static class StandaloneRun
{
    public static async Task<int> WithAsync(ParseResult parseResult, Func<StandaloneEnvironment, Task<int>> run)
    {
        try
        {
            return await run(EnvironmentOf(parseResult));
        }
        catch (EnvironmentException e)
        {
            throw new CliException(e.Message);
        }
    }

    public static StandaloneEnvironment EnvironmentOf(ParseResult parseResult) =>
        new(StateDirectory.Paths(parseResult), Self(), parseResult.InvocationConfiguration.Output);

    /// <summary>What runs this very program again: its file, or under the development host that and the assembly.</summary>
    private static IReadOnlyList<string> Self()
    {
        string program = Environment.ProcessPath!;
        return Path.GetFileName(program) == "dotnet"
            ? [program, Path.Combine(AppContext.BaseDirectory, "fairlead.dll")]
            : [program];
    }
}
