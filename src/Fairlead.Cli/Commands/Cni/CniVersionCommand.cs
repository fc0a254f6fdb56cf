using System.CommandLine;
using System.Text.Json.Nodes;
using Fairlead.Cli.CommandLine;
using Fairlead.Cni;

namespace Fairlead.Cli.Commands.Cni;

internal static class CniVersionCommand
{
    public static Command Create()
    {
        Argument<string?> name = NetworkArgument.Optional(
            "Ask the plugins of this network, address management included"
        );
        DocumentedCommand command = new(
            "version",
            "Print which versions of the CNI specification are spoken",
            """
            # By this program, in the form of a plugin's answer to VERSION
            fairlead cni version

            # By the plugins of a network
            fairlead cni version pods
            """
        )
        {
            Details = $"""
                {CniTexts.OwnAnswer}
                By itself, the versions in the form of a plugin's answer to VERSION. Of a network: its version, and of each
                plugin the file and the versions that it answered.
                """,
        };
        command.Add(name);
        command.Add(CniOptions.PluginTimeout);
        command.Add(CniOptions.PluginEnvironment);
        command.SetAction(
            (parseResult, cancellationToken) =>
                CniRun.ExecuteAsync(
                    parseResult,
                    async run =>
                        run.Print(
                            parseResult.GetValue(name) is { } network
                                ? await OfNetworkAsync(run, run.Find(network), cancellationToken)
                                : Spoken(new(CniVersion.Latest, CniVersion.Known))
                        )
                )
        );
        return command;
    }

    private static async Task<JsonObject> OfNetworkAsync(
        CniRun run,
        NetworkConfigurationList network,
        CancellationToken cancellationToken
    )
    {
        CniRuntime runtime = run.CreateRuntime();
        JsonArray plugins = [];
        foreach (string type in PluginTypes.Of(network))
        {
            JsonObject plugin = Spoken(await runtime.VersionAsync(type, cancellationToken));
            plugin.Insert(0, "type", type);
            plugin.Insert(1, "file", run.PluginFiles.PathOf(type));
            plugins.Add((JsonNode)plugin);
        }
        return new JsonObject
        {
            ["name"] = network.Name,
            ["cniVersion"] = network.CniVersion.ToString(),
            ["plugins"] = plugins,
        };
    }

    private static JsonObject Spoken(PluginVersions versions) =>
        new()
        {
            ["cniVersion"] = versions.CniVersion.ToString(),
            ["supportedVersions"] = new JsonArray([
                .. versions.SupportedVersions.Select(version => JsonValue.Create(version.ToString())),
            ]),
        };
}
