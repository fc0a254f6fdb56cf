using System.CommandLine;

namespace Fairlead.Cli.Commands;

internal static class StartCommand
{
    public static Command Create() =>
        RunningSwitch.Create(
            "start",
            "Start a virtual machine that was stopped or has ended",
            """
            # Start, and return at once
            fairlead start web

            # Return when the guest runs
            fairlead start web --wait
            """,
            running: true
        );
}
