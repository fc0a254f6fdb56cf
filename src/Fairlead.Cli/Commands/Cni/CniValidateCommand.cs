using System.CommandLine;
using System.Text.Json.Nodes;
using Fairlead.Cli.CommandLine;
using Fairlead.Cli.Output;

namespace Fairlead.Cli.Commands.Cni;

internal static class CniValidateCommand
{
    public static Command Create()
    {
        Argument<string[]> networks = NetworkArgument.Several(
            "Names of networks, or paths of files; all if none is given"
        );
        Option<bool> withoutPlugins = new("--without-plugins")
        {
            Description = "Look at the files only; do not look for the plugins and run them",
        };
        Option<string?> output = OutputFormats.Option("table", "json");
        DocumentedCommand command = new(
            "validate",
            "Say what is wrong with the network configurations, and where",
            """
            # All files of this node, and whether the plugins are there and speak the networks' versions
            fairlead cni validate

            # A file, before it is installed on a node
            fairlead cni validate --without-plugins ./10-pods.conflist
            """
        )
        {
            Details = """
                One line for each finding, with its file first, and the exit status is 1 if there is any. Plugins are run for
                VERSION only, which changes nothing.
                """,
        };
        command.Add(networks);
        command.Add(withoutPlugins);
        command.Add(output);
        command.Add(CniOptions.PluginTimeout);
        command.Add(CniOptions.PluginEnvironment);
        command.SetAction(
            async (parseResult, cancellationToken) =>
            {
                ConfigurationValidator validator = new(CniOptions.ConfigurationDirectoryOf(parseResult));
                string[] wanted = parseResult.GetValue(networks) ?? [];
                List<ValidatedFile> files = [.. wanted is [] ? validator.All() : wanted.Select(validator.One)];
                if (!parseResult.GetValue(withoutPlugins))
                    await PluginValidator.ValidateAsync(files, CniRun.Of(parseResult), cancellationToken);

                TextWriter writer = parseResult.InvocationConfiguration.Output;
                if (OutputFormats.Of(parseResult.GetValue(output)) == OutputFormat.Json)
                    writer.Write(ObjectText.Json(Document(files)));
                else
                    WriteLines(files, writer);
                return files.TrueForAll(file => file.Problems is []) ? ExitCodes.Ok : ExitCodes.Failed;
            }
        );
        return command;
    }

    private static void WriteLines(IEnumerable<ValidatedFile> files, TextWriter writer)
    {
        foreach (ValidatedFile file in files)
        {
            string where = file.Network is null ? file.Path : $"{file.Path}: network {file.Network.Name}";
            foreach (string problem in file.Problems)
                writer.WriteLine(CniErrorObject.Line($"{where}: {problem}"));
            if (file.Problems is [])
                writer.WriteLine(CniErrorObject.Line($"{where}: ok"));
        }
    }

    private static JsonObject Document(List<ValidatedFile> files) =>
        new()
        {
            ["valid"] = files.TrueForAll(file => file.Problems is []),
            ["files"] = new JsonArray([
                .. files.Select(file => new JsonObject
                {
                    ["file"] = file.Path,
                    ["network"] = file.Network?.Name,
                    ["problems"] = new JsonArray([.. file.Problems.Select(problem => JsonValue.Create(problem))]),
                }),
            ]),
        };
}
