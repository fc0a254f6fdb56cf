using System.CommandLine;
using System.Text.Json.Nodes;
using Fairlead.Cli.CommandLine;
using Fairlead.Cli.Output;
using Fairlead.CniProxy.V1;

namespace Fairlead.Cli.Commands.Proxy;

internal static class ProxyReapCommand
{
    private static readonly ProxyListing<ReapedAttachment> s_listing = new()
    {
        Member = "attachments",
        Nothing = "Nothing to release.",
        Headers = ["KEY", "NETWORK", "INTERFACE", "SANDBOX", "RELEASED", "MESSAGE"],
        Row = Row,
        Document = Document,
    };

    public static Command Create()
    {
        Option<string?> key = new("--key")
        {
            Description = "Release the attachments of this key, whether or not their pods are there",
            HelpName = "KEY",
        };
        Option<string?> output = OutputFormats.Option("table", "json");
        DocumentedCommand command = new(
            "reap",
            "Release at once what pods have left that are gone, and what could not be released before",
            """
            # What the proxy would do by itself a little later
            fairlead proxy reap

            # All attachments of one pod, which loses its interfaces
            fairlead proxy reap --sandbox 0c7d
            """
        )
        {
            key,
            ProxyRun.Sandbox,
            output,
        };
        command.SetAction(
            (parseResult, cancellationToken) =>
                ProxyRun.WithAsync(
                    parseResult,
                    async proxy =>
                    {
                        IReadOnlyList<ReapedAttachment> reaped = await proxy.ReapAsync(
                            parseResult.GetValue(key),
                            parseResult.GetValue(ProxyRun.Sandbox),
                            cancellationToken
                        );
                        s_listing.Write(parseResult, parseResult.GetValue(output), reaped);
                        return reaped.All(a => a.Released) ? ExitCodes.Ok : ExitCodes.Failed;
                    }
                )
        );
        return command;
    }

    private static string[] Row(ReapedAttachment a) =>
        [
            a.Key,
            a.Network,
            a.InterfaceName,
            a.Sandbox,
            a.Released ? "yes" : "no",
            (a.Released ? a.Why : a.Message).ReplaceLineEndings(" "),
        ];

    private static JsonObject Document(ReapedAttachment attachment) =>
        new()
        {
            ["key"] = attachment.Key,
            ["sandbox"] = attachment.Sandbox,
            ["network"] = attachment.Network,
            ["interface"] = attachment.InterfaceName,
            ["why"] = attachment.Why,
            ["released"] = attachment.Released,
            ["message"] = attachment.Message,
        };
}
