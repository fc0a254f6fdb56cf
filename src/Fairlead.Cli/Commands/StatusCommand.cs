using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Fairlead.Cli.CommandLine;
using Fairlead.Cli.Output;
using Fairlead.Standalone;

namespace Fairlead.Cli.Commands;

internal static class StatusCommand
{
    private static readonly string[] Headers = ["PART", "READY", "PID", "MESSAGE", "LOG"];

    public static Command Create()
    {
        Option<string?> output = OutputFormats.Option("table", "json");
        DocumentedCommand command = new(
            "status",
            "Show the parts of the standalone environment and whether each does its work",
            """
            # A line a part; the exit status is 0 when all are ready, else 1
            fairlead status

            # For a script
            fairlead status -o json
            """
        )
        {
            output,
        };
        command.SetAction(
            (parseResult, cancellationToken) =>
                StandaloneRun.WithAsync(
                    parseResult,
                    async environment =>
                    {
                        EnvironmentStatus status = await environment.StatusAsync(cancellationToken);
                        TextWriter writer = parseResult.InvocationConfiguration.Output;
                        if (OutputFormats.Of(parseResult.GetValue(output)) == OutputFormat.Json)
                            await writer.WriteAsync(ObjectText.Json(Document(status)));
                        else
                            WriteTable(writer, status);
                        return status.Ready ? ExitCodes.Ok : ExitCodes.Failed;
                    }
                )
        );
        return command;
    }

    private static void WriteTable(TextWriter writer, EnvironmentStatus status)
    {
        if (status.Parts.Count == 0)
        {
            writer.WriteLine($"Nothing is up in {status.StateDirectory}.");
        }
        else
        {
            new TableWriter(writer, Headers).Write([
                .. status.Parts.Select(part => Row(part.Name, part)),
                .. status.Components.Select(part => Row($"agent/{part.Name}", part)),
            ]);
        }
        foreach (string remedy in status.Remedies)
            writer.WriteLine($"To mend it: {remedy}");
    }

    private static string[] Row(string name, PartStatus part) =>
        [
            name,
            part.Ready ? "yes" : "no",
            part.Pid?.ToString(CultureInfo.InvariantCulture) ?? "-",
            part.Message.ReplaceLineEndings(" "),
            part.LogPath ?? "-",
        ];

    private static JsonObject Document(EnvironmentStatus status) =>
        new()
        {
            ["stateDirectory"] = status.StateDirectory,
            ["node"] = status.NodeName,
            ["ready"] = status.Ready,
            ["parts"] = new JsonArray([.. status.Parts.Select(Document)]),
            ["components"] = new JsonArray([.. status.Components.Select(Document)]),
            ["remedies"] = new JsonArray([.. status.Remedies.Select(remedy => (JsonNode)remedy)]),
        };

    private static JsonObject Document(PartStatus part)
    {
        JsonObject document = new()
        {
            ["name"] = part.Name,
            ["ready"] = part.Ready,
            ["message"] = part.Message,
        };
        if (part.Pid is { } pid)
            document["pid"] = pid;
        if (part.LogPath is { } log)
            document["log"] = log;
        return document;
    }
}
