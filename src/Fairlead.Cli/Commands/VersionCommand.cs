using System.CommandLine;
using System.Reflection;
using System.Text.Json.Nodes;
using Fairlead.Agent.V1;
using Fairlead.Cli.AgentAccess;
using Fairlead.Cli.CommandLine;
using Fairlead.Cli.Output;

namespace Fairlead.Cli.Commands;

internal static class VersionCommand
{
    /// <summary>Version and commit: <c>0.1.0+500fc52...</c>.</summary>
    public static string ClientVersion { get; } =
        typeof(VersionCommand)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion;

    public static Command Create()
    {
        Option<string?> output = OutputFormats.Option("json", "yaml");
        Option<bool> client = new("--client") { Description = "Do not ask the agent" };
        DocumentedCommand command = new(
            "version",
            "Print the version of this program and of the agent",
            """
            # Both versions
            fairlead version

            # For a script
            fairlead version -o json
            """
        )
        {
            output,
            client,
        };
        command.SetAction(
            async (parseResult, cancellationToken) =>
            {
                (StatusResponse? agent, string? why) = parseResult.GetValue(client)
                    ? (null, null)
                    : await AskAsync(parseResult, cancellationToken);
                TextWriter writer = parseResult.InvocationConfiguration.Output;
                if (parseResult.GetValue(output) is { } format)
                    await writer.WriteAsync(
                        format == "json" ? ObjectText.Json(Document(agent)) : ObjectText.Yaml(Document(agent))
                    );
                else
                    await WriteTextAsync(writer, agent, why);
                return ExitCodes.Ok;
            }
        );
        return command;
    }

    private static async Task<(StatusResponse? Agent, string? Why)> AskAsync(
        ParseResult parseResult,
        CancellationToken cancellationToken
    )
    {
        try
        {
            using AgentConnection agent = AgentConnection.Open(parseResult);
            return (await agent.CallAsync((c, o) => c.StatusAsync(new StatusRequest(), o), cancellationToken), null);
        }
        catch (AgentException e)
        {
            return (null, e.Message);
        }
    }

    private static async Task WriteTextAsync(TextWriter writer, StatusResponse? agent, string? why)
    {
        await writer.WriteLineAsync($"Client Version: {ClientVersion}");
        if (agent is not null)
            await writer.WriteLineAsync($"Agent Version: {agent.Version} (node {agent.Node})");
        else if (why is not null)
            await writer.WriteLineAsync($"Agent Version: unknown ({why})");
    }

    private static JsonObject Document(StatusResponse? agent)
    {
        JsonObject document = new() { ["clientVersion"] = Version(ClientVersion) };
        if (agent is not null)
        {
            JsonObject version = Version(agent.Version);
            version["node"] = agent.Node;
            document["agentVersion"] = version;
        }
        return document;
    }

    private static JsonObject Version(string informational)
    {
        string[] parts = informational.Split('+', 2);
        JsonObject version = new() { ["version"] = parts[0] };
        if (parts.Length == 2)
            version["commit"] = parts[1];
        return version;
    }
}
