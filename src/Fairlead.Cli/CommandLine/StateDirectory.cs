using System.CommandLine;

namespace Fairlead.Cli.CommandLine;

/// <summary>The global option that says which standalone environment is meant.</summary>
internal static class StateDirectory
{
    public const string Variable = "FAIRLEAD_STATE_DIR";

    public static Option<string?> Option { get; } =
        new("--state-dir")
        {
            Description =
                $"Directory of the standalone environment [env: {Variable}] [default: /var/lib/fairlead and /run/fairlead]",
            HelpName = "DIR",
            Recursive = true,
        };

    /// <summary>The directory that was named, absolute; null for the machine's own environment.</summary>
    public static string? Of(ParseResult parseResult) =>
        (parseResult.GetValue(Option) ?? CliInvocation.Of(parseResult).Variable(Variable)) is { Length: > 0 } directory
            ? Path.GetFullPath(directory)
            : null;

    public static string AgentSocket(ParseResult parseResult) =>
        Path.Combine(
            Of(parseResult) is { } directory ? Path.Combine(directory, "run") : "/run/fairlead",
            "agent",
            "agent.sock"
        );
}
