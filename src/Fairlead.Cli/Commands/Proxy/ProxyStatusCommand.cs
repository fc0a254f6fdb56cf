using System.CommandLine;
using System.Text.Json.Nodes;
using Fairlead.Cli.CommandLine;
using Fairlead.Cli.Output;
using Fairlead.CniProxy.V1;

namespace Fairlead.Cli.Commands.Proxy;

internal static class ProxyStatusCommand
{
    public static Command Create()
    {
        Argument<string?> name = new("NETWORK")
        {
            Description = "One network; without it all of them",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<string?> output = OutputFormats.Option("table", "json");
        DocumentedCommand command = new(
            "status",
            "Ask whether the networks are ready to serve, as CNI STATUS does",
            """
            # A line a network, and what a person should look at; the exit status is 0 when all are ready, else 1
            fairlead proxy status

            # One of them, for a script
            fairlead proxy status pods -o json
            """
        )
        {
            name,
            output,
        };
        command.SetAction(
            (parseResult, cancellationToken) =>
                ProxyRun.WithAsync(
                    parseResult,
                    async proxy =>
                    {
                        StatusResponse status = await proxy.StatusAsync(cancellationToken, parseResult.GetValue(name));
                        TextWriter writer = parseResult.InvocationConfiguration.Output;
                        if (OutputFormats.Of(parseResult.GetValue(output)) == OutputFormat.Json)
                            writer.Write(ObjectText.Json(Document(status)));
                        else
                            WriteTables(writer, status);
                        return status.Networks.All(n => n.Ready) ? ExitCodes.Ok : ExitCodes.Failed;
                    }
                )
        );
        return command;
    }

    private static void WriteTables(TextWriter writer, StatusResponse status)
    {
        new TableWriter(writer, ["NETWORK", "READY", "REASON"]).Write([
            .. status.Networks.Select(n =>
                new[]
                {
                    ProxyNetworksCommand.NameOf(n.Network),
                    n.Ready ? "yes" : "no",
                    n.Reason.Length == 0 ? "-" : n.Reason.ReplaceLineEndings(" "),
                }
            ),
        ]);
        if (status.Skipped.Count > 0)
        {
            writer.WriteLine();
            new TableWriter(writer, ["SKIPPED", "REASON"]).Write([
                .. status.Skipped.Select(f => new[] { f.Path, f.Reason.ReplaceLineEndings(" ") }),
            ]);
        }
        foreach (string warning in status.Warnings)
            writer.WriteLine($"\nwarning: {warning.ReplaceLineEndings(" ")}");
    }

    private static JsonObject Document(StatusResponse status) =>
        new()
        {
            ["version"] = status.Version,
            ["networks"] = new JsonArray([
                .. status.Networks.Select(n =>
                {
                    JsonObject document = ProxyNetworksCommand.Document(n.Network);
                    document["ready"] = n.Ready;
                    document["reason"] = n.Reason;
                    return document;
                }),
            ]),
            ["skipped"] = new JsonArray([
                .. status.Skipped.Select(f => new JsonObject { ["file"] = f.Path, ["reason"] = f.Reason }),
            ]),
            ["warnings"] = new JsonArray([.. status.Warnings.Select(w => (JsonNode)w)]),
        };
}
