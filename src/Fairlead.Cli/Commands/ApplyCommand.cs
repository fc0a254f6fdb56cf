using System.CommandLine;
using Fairlead.Cli.CommandLine;
using Fairlead.Cli.Manifests;

namespace Fairlead.Cli.Commands;

internal static class ApplyCommand
{
    public static Command Create()
    {
        ManifestOptions manifests = new();
        manifests.Files.Required = true;
        Option<string?> @namespace = CommonOptions.Namespace();
        @namespace.Description = "Namespace of manifests that name none; those that name another one are refused";
        Option<string?> dryRun = new("--dry-run")
        {
            Description =
                "client: check the manifests here, with nothing running; server: ask the agent what would change",
            HelpName = "client|server",
        };
        dryRun.AcceptOnlyFromAmong("none", "client", "server");

        DocumentedCommand command = new(
            "apply",
            "Create or change virtual machines from manifests",
            """
            # One manifest
            fairlead apply -f web.yaml

            # All manifests of a directory, and one from standard input
            cat db.yaml | fairlead apply -f machines/ -f -

            # Only check, with nothing running: fields, MAC addresses, names, kernel and disk files
            fairlead apply -f machines/ --dry-run=client
            """
        )
        {
            Details = """
                All errors of all files are told at once, as FILE:LINE:COLUMN: FIELD: what is wanted. A manifest with errors
                stops no other one: the good ones are applied, and the exit status is 1.
                """,
        };
        command.Options.Add(manifests.Files);
        command.Options.Add(manifests.Recursive);
        command.Options.Add(@namespace);
        command.Options.Add(dryRun);
        command.SetAction(
            async (parseResult, cancellationToken) =>
            {
                ApplyRun run = new(parseResult)
                {
                    Namespace = parseResult.GetValue(@namespace),
                    Mode = parseResult.GetValue(dryRun) switch
                    {
                        "client" => ApplyMode.CheckHere,
                        "server" => ApplyMode.AskAgent,
                        _ => ApplyMode.Apply,
                    },
                };
                return await run.ExecuteAsync(manifests.Read(parseResult)!, cancellationToken);
            }
        );
        return command;
    }
}
