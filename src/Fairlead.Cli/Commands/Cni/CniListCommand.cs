using System.CommandLine;
using System.Text.Json.Nodes;
using Fairlead.Cli.CommandLine;
using Fairlead.Cli.Output;
using Fairlead.Cni;

namespace Fairlead.Cli.Commands.Cni;

internal static class CniListCommand
{
    public static Command Create()
    {
        Option<string?> output = OutputFormats.Option("table", "json", "name");
        DocumentedCommand command = new(
            "list",
            "List the networks, and the files that were skipped, and why",
            """
            # The networks of this node
            fairlead cni list

            # The names only, of another directory
            fairlead cni list -o name --netconfpath ./net.d
            """
        )
        {
            Details = """
                The order is libcni's: *.conflist by name, then *.conf and *.json by name; the first file of a network wins.
                The default network is the one that pods get from containerd and CRI-O: the first by file name. Plugins are
                not run; an address management plugin stands after the slash.
                """,
        };
        command.Add(output);
        command.SetAction(parseResult =>
        {
            ConfigurationScan scan = new NetworkConfigurationDirectory(
                CniOptions.ConfigurationDirectoryOf(parseResult)
            ).Load();
            TextWriter writer = parseResult.InvocationConfiguration.Output;
            switch (OutputFormats.Of(parseResult.GetValue(output)))
            {
                case OutputFormat.Json:
                    writer.Write(ObjectText.Json(Document(scan)));
                    break;
                case OutputFormat.Name:
                    foreach (NetworkConfigurationList network in scan.Networks)
                        writer.WriteLine(network.Name);
                    break;
                default:
                    WriteTables(scan, writer);
                    if (scan.Networks is [])
                        parseResult.InvocationConfiguration.Error.WriteLine($"No networks found in {scan.Directory}.");
                    break;
            }
            return ExitCodes.Ok;
        });
        return command;
    }

    private static void WriteTables(ConfigurationScan scan, TextWriter writer)
    {
        if (scan.Networks is not [])
            new TableWriter(writer, ["NAME", "VERSION", "PLUGINS", "CAPABILITIES", "FILE"]).Write([
                .. scan.Networks.Select(network =>
                    new[]
                    {
                        CniErrorObject.Line(network == scan.Default ? $"{network.Name} (default)" : network.Name),
                        network.CniVersion.ToString(),
                        CniErrorObject.Line(string.Join(',', network.Plugins.Select(PluginText))),
                        CniErrorObject.Line(string.Join(',', Capabilities(network))) is { Length: > 0 } some
                            ? some
                            : "<none>",
                        network.SourcePath ?? "",
                    }
                ),
            ]);
        IReadOnlyList<SkippedConfiguration> skipped = SkippedFiles.Of(scan);
        if (skipped is [])
            return;
        if (scan.Networks is not [])
            writer.WriteLine();
        new TableWriter(writer, ["SKIPPED", "REASON"]).Write([
            .. skipped.Select(file => new[] { file.Path, CniErrorObject.Line(SkippedFiles.ReasonOf(file)) }),
        ]);
    }

    private static string PluginText(PluginConfiguration plugin) =>
        plugin.IpamType is { } ipam ? $"{plugin.Type}/{ipam}" : plugin.Type;

    private static IEnumerable<string> Capabilities(NetworkConfigurationList network) =>
        network.Plugins.SelectMany(plugin => plugin.Capabilities).Distinct(StringComparer.Ordinal);

    private static JsonObject Document(ConfigurationScan scan) =>
        new()
        {
            ["directory"] = scan.Directory,
            ["networks"] = new JsonArray([.. scan.Networks.Select(network => Document(network, scan))]),
            ["skipped"] = new JsonArray([
                .. SkippedFiles
                    .Of(scan)
                    .Select(file => new JsonObject { ["file"] = file.Path, ["reason"] = SkippedFiles.ReasonOf(file) }),
            ]),
        };

    private static JsonObject Document(NetworkConfigurationList network, ConfigurationScan scan) =>
        new()
        {
            ["name"] = network.Name,
            ["cniVersion"] = network.CniVersion.ToString(),
            ["file"] = network.SourcePath,
            ["default"] = network == scan.Default,
            ["disableCheck"] = network.DisableCheck,
            ["disableGC"] = network.DisableGc,
            ["loadOnlyInlinedPlugins"] = network.LoadOnlyInlinedPlugins,
            ["plugins"] = new JsonArray([.. network.Plugins.Select(Document)]),
        };

    private static JsonObject Document(PluginConfiguration plugin)
    {
        JsonObject document = new() { ["type"] = plugin.Type };
        if (plugin.IpamType is { } ipam)
            document["ipam"] = ipam;
        document["capabilities"] = new JsonArray([.. plugin.Capabilities.Select(name => JsonValue.Create(name))]);
        return document;
    }
}
