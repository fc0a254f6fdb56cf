using System.CommandLine;
using Fairlead.Cli.CommandLine;
using Fairlead.Standalone;

namespace Fairlead.Cli.Commands;

internal static class DownCommand
{
    public static Command Create()
    {
        Option<TimeSpan?> timeout = CommonOptions.Duration(
            "--timeout",
            "How long the virtual machines may take to shut down [default: 60s]"
        );
        Option<bool> force = new("--force")
        {
            Description =
                "End the virtual machines instead of shutting them down, and give up what no CNI plugin will release",
        };
        Option<bool> purge = new("--purge")
        {
            Description = "Remove the persistent directory too, with the manifests in it",
        };
        DocumentedCommand command = new(
            "down",
            "Shut the virtual machines down and take the standalone environment down",
            """
            # Everything is gone afterwards but the manifests, the logs and the choice of a subnet
            fairlead down

            # Nothing at all is left, and nobody waits for a guest
            fairlead down --force --purge
            """
        )
        {
            timeout,
            force,
            purge,
        };
        command.SetAction(
            (parseResult, cancellationToken) =>
            {
                DownOptions defaults = new();
                DownOptions options = new()
                {
                    Timeout = parseResult.GetValue(timeout) ?? defaults.Timeout,
                    Force = parseResult.GetValue(force),
                    Purge = parseResult.GetValue(purge),
                };
                return StandaloneRun.WithAsync(
                    parseResult,
                    async environment =>
                        await environment.DownAsync(options, cancellationToken) ? ExitCodes.Ok : ExitCodes.Failed
                );
            }
        );
        return command;
    }
}
