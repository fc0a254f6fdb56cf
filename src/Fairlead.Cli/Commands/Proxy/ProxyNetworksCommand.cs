using System.CommandLine;
using System.Text.Json.Nodes;
using Fairlead.Cli.CommandLine;
using Fairlead.Cli.Output;
using Fairlead.CniProxy.V1;

namespace Fairlead.Cli.Commands.Proxy;

internal static class ProxyNetworksCommand
{
    private static readonly ProxyListing<Network> s_listing = new()
    {
        Member = "networks",
        Nothing = "No networks found.",
        Headers = ["NAME", "VERSION", "PLUGINS", "OPTIONS"],
        Row = static n => [NameOf(n), n.CniVersion, string.Join(',', n.Plugins), string.Join(',', n.Options)],
        Document = Document,
        Name = static n => n.Name,
    };

    public static Command Create()
    {
        Option<string?> output = OutputFormats.Option("table", "json", "name");
        DocumentedCommand command = new(
            "networks",
            "List the networks that the CNI proxy has, and which options each takes",
            """
            # No plugin is run; 'fairlead proxy status' asks whether they are ready
            fairlead proxy networks
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
                        IReadOnlyList<Network> networks = await proxy.ListNetworksAsync(cancellationToken);
                        s_listing.Write(parseResult, parseResult.GetValue(output), networks);
                        return ExitCodes.Ok;
                    }
                )
        );
        return command;
    }

    public static JsonObject Document(Network network) =>
        new()
        {
            ["name"] = network.Name,
            ["default"] = network.Default,
            ["cniVersion"] = network.CniVersion,
            ["plugins"] = new JsonArray([.. network.Plugins.Select(p => (JsonNode)p)]),
            ["options"] = new JsonArray([.. network.Options.Select(o => (JsonNode)o)]),
        };

    public static string NameOf(Network network) => network.Default ? $"{network.Name} (default)" : network.Name;
}
