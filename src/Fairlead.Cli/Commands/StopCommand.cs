using System.CommandLine;

namespace Fairlead.Cli.Commands;

internal static class StopCommand
{
    public static Command Create() =>
        RunningSwitch.Create(
            "stop",
            "Shut a virtual machine down and keep its manifest",
            """
            # Ask the guest to power off, and return at once
            fairlead stop web

            # Return when the guest is off and its network is gone
            fairlead stop web --wait --timeout 1m
            """,
            running: false
        );
}
