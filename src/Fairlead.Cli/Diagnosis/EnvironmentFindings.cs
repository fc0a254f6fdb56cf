using System.CommandLine;
using Fairlead.Agent.V1;
using Fairlead.Cli.Commands;
using Fairlead.Standalone;
using Verdict = Fairlead.Agent.V1.Finding.Types.Verdict;

namespace Fairlead.Cli.Diagnosis;

/// <summary>What is to be said of the environment's parts, seen from outside of the agent.</summary>
internal static class EnvironmentFindings
{
    public static async Task<IReadOnlyList<Finding>> LookAsync(
        ParseResult parseResult,
        bool agentAnswers,
        CancellationToken cancellationToken
    )
    {
        try
        {
            EnvironmentStatus status = await StandaloneRun.EnvironmentOf(parseResult).StatusAsync(cancellationToken);
            return Of(status, agentAnswers);
        }
        catch (EnvironmentException e)
        {
            return [Finding("environment", Verdict.Skipped, e.Message, "")];
        }
    }

    /// <summary>Part by part; without an environment of ours, an agent that answers was started by other means.</summary>
    internal static IReadOnlyList<Finding> Of(EnvironmentStatus status, bool agentAnswers) =>
        status.Parts is not [] ? [.. status.Parts.Select(part => OfPart(part, status.Remedies))]
        : agentAnswers ? [Finding("environment", Verdict.Skipped, $"none was made in {status.StateDirectory}", "")]
        :
        [
            Finding(
                "environment",
                Verdict.Broken,
                $"nothing is up in {status.StateDirectory}",
                Quoted(status.Remedies)
            ),
        ];

    public static Finding OfSilentAgent(string message) =>
        Finding(
            "agent",
            Verdict.Broken,
            message,
            "no virtual machine could be looked at; `fairlead status` shows the log"
        );

    public static Finding OfVersions(string agent) =>
        agent == VersionCommand.ClientVersion
            ? Finding("versions", Verdict.Ok, agent, "")
            : Finding(
                "versions",
                Verdict.Warning,
                $"this program is {VersionCommand.ClientVersion}, the agent {agent}",
                "end the agent and `fairlead up`: it starts the new one; virtual machines go on"
            );

    private static Finding OfPart(PartStatus part, IReadOnlyList<string> remedies) =>
        part.Ready
            ? Finding(part.Name, Verdict.Ok, OneLine(part.Message), "")
            : Finding(
                part.Name,
                Verdict.Broken,
                OneLine(part.Message),
                Quoted(remedies) + (part.LogPath is { } log ? $"; its log is {log}" : "")
            );

    private static string Quoted(IReadOnlyList<string> commands) =>
        string.Join(", ", commands.Select(command => $"`{command}`"));

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");

    private static Finding Finding(string check, Verdict verdict, string seen, string remedy) =>
        new()
        {
            Check = check,
            Verdict = verdict,
            Seen = seen,
            Remedy = remedy,
        };
}
