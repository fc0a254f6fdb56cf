using System.CommandLine;
using System.Reflection;
using Fairlead.Cli.CommandLine;

namespace Fairlead.Cli.Commands;

internal static class VersionCommand
{
    public static string ClientVersion { get; } =
        typeof(VersionCommand)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion;

    public static Command Create()
    {
        DocumentedCommand command = new(
            "version",
            "Print the version of this program and of the agent",
            """
            # Both versions
            fairlead version
            """
        );
        command.SetAction(parseResult => parseResult.InvocationConfiguration.Output.WriteLine(ClientVersion));
        return command;
    }
}
