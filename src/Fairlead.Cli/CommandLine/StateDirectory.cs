using System.CommandLine;
using Fairlead.Standalone;

namespace Fairlead.Cli.CommandLine;

/// <summary>The global option that says which standalone environment is meant.</summary>
internal static class StateDirectory
{
    public static Option<string?> Option { get; } =
        new("--state-dir")
        {
            Description =
                $"Directory of the standalone environment [env: {EnvironmentPaths.StateDirectoryVariable}]"
                + " [default: /var/lib/fairlead and /run/fairlead]",
            HelpName = "DIR",
            Recursive = true,
        };

    /// <summary>The directory that was named, absolute; null for the machine's own environment.</summary>
    public static string? Of(ParseResult parseResult) =>
        (parseResult.GetValue(Option) ?? FromEnvironment(parseResult)) is { Length: > 0 } directory
            ? Path.GetFullPath(directory)
            : null;

    /// <summary>The directories of the environment.</summary>
    public static EnvironmentPaths Paths(ParseResult parseResult)
    {
        try
        {
            return new EnvironmentPaths(Of(parseResult));
        }
        catch (EnvironmentException e)
        {
            throw CliException.Usage($"--state-dir: {e.Message}");
        }
    }

    // The command line within a completion request is parsed without our invocation.
    private static string? FromEnvironment(ParseResult parseResult) =>
        parseResult.InvocationConfiguration is CliInvocation invocation
            ? invocation.Variable(EnvironmentPaths.StateDirectoryVariable)
            : Environment.GetEnvironmentVariable(EnvironmentPaths.StateDirectoryVariable);
}
