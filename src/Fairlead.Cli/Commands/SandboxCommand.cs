using System.CommandLine;
using Fairlead.Cli.CommandLine;
using Fairlead.Standalone;

namespace Fairlead.Cli.Commands;

/// <summary>Not for people: <c>fairlead up</c> starts it, in namespaces that it has made.</summary>
internal static class SandboxCommand
{
    public static Command Create()
    {
        DocumentedCommand command = new(
            "sandbox",
            "Hold the libvirt pod's mount namespace (started by 'fairlead up')",
            """
            # As 'fairlead up' starts it
            nsenter --net=/run/netns/fairlead-1a2b3c4d -- unshare --mount --propagation slave -- fairlead sandbox
            """
        )
        {
            Hidden = true,
        };
        command.SetAction(
            async (parseResult, cancellationToken) =>
            {
                try
                {
                    await SandboxProcess.RunAsync(StateDirectory.Paths(parseResult), cancellationToken);
                    return ExitCodes.Ok;
                }
                catch (Exception e) when (e is EnvironmentException or IOException)
                {
                    throw new CliException(e.Message);
                }
            }
        );
        return command;
    }
}
