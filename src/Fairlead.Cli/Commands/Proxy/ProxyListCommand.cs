using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Fairlead.Cli.CommandLine;
using Fairlead.Cli.Output;
using Fairlead.CniProxy.V1;

namespace Fairlead.Cli.Commands.Proxy;

internal static class ProxyListCommand
{
    private static readonly ProxyListing<Attachment> s_listing = new()
    {
        Member = "attachments",
        Nothing = "No attachments found.",
        Headers = ["KEY", "NETWORK", "INTERFACE", "STATE", "ADDRESSES", "SANDBOX", "FAILED", "MESSAGE"],
        Row = Row,
        Document = Document,
        Name = static a => a.Key,
    };

    public static Command Create()
    {
        Option<string?> output = OutputFormats.Option("table", "json", "name");
        DocumentedCommand command = new(
            "list",
            "List the attachments of all pods",
            """
            # All of them; FAILED counts the releases that did not succeed, MESSAGE says why the last one did not
            fairlead proxy list

            # For a script
            fairlead proxy list -o json
            """
        )
        {
            output,
        };
        command.SetAction(
            (parseResult, cancellationToken) =>
                ProxyRun.WithAsync(
                    parseResult,
                    async proxy =>
                    {
                        IReadOnlyList<Attachment> attachments = await proxy.ListAsync(cancellationToken);
                        s_listing.Write(parseResult, parseResult.GetValue(output), attachments);
                        return ExitCodes.Ok;
                    }
                )
        );
        return command;
    }

    private static string[] Row(Attachment attachment) =>
        [
            attachment.Key,
            attachment.Network,
            attachment.InterfaceName,
            attachment.State.ToString(),
            string.Join(',', Addresses(attachment)) is { Length: > 0 } some ? some : "<none>",
            attachment.Sandbox,
            attachment.FailedReleases.ToString(CultureInfo.InvariantCulture),
            attachment.Message.Length == 0 ? "-" : attachment.Message.ReplaceLineEndings(" "),
        ];

    private static JsonObject Document(Attachment attachment) =>
        new()
        {
            ["key"] = attachment.Key,
            ["network"] = attachment.Network,
            ["interface"] = attachment.InterfaceName,
            ["state"] = attachment.State.ToString(),
            ["addresses"] = new JsonArray([.. Addresses(attachment).Select(a => (JsonNode)a)]),
            ["mac"] = attachment.Result?.Mac ?? "",
            ["sandbox"] = attachment.Sandbox,
            ["containerId"] = attachment.ContainerId,
            ["failedReleases"] = attachment.FailedReleases,
            ["nextTry"] = attachment.NextTry?.ToDateTimeOffset().ToString("O", CultureInfo.InvariantCulture),
            ["message"] = attachment.Message,
        };

    private static IEnumerable<string> Addresses(Attachment attachment) =>
        attachment.Result?.Addresses.Select(a => a.Cidr) ?? [];
}
