using System.CommandLine;
using System.CommandLine.Help;
using Fairlead.Cli.CommandLine;

namespace Fairlead.Cli.Commands.Cni;

/// <summary>
/// What cnitool does and more: the CNI runtime of Fairlead.Cni at the command line, with the same variables and the same
/// order of arguments.
/// </summary>
internal static class CniCommand
{
    public static Command Create()
    {
        DocumentedCommand command = new(
            "cni",
            "Attach network namespaces to CNI networks by hand, as cnitool does",
            """
            # The networks of this node, and which files were skipped, and why
            fairlead cni list

            # Attach the namespace /run/netns/web to the network "pods", as eth0, and release it
            fairlead cni add pods web
            fairlead cni del pods web

            # As scripts for cnitool call it
            CNI_PATH=/opt/cni/bin NETCONFPATH=/etc/cni/net.d fairlead cni add pods /run/netns/web
            """
        )
        {
            CniAddCommand.Create(),
            CniDelCommand.Create(),
            CniCheckCommand.Create(),
            CniGcCommand.Create(),
            CniStatusCommand.Create(),
            CniVersionCommand.Create(),
            CniListCommand.Create(),
            CniValidateCommand.Create(),
        };
        command.Options.Add(CniOptions.ConfigurationDirectory);
        command.Options.Add(CniOptions.PluginPath);
        // As without any command at all: there is help, and nothing has gone wrong.
        command.SetAction(new HelpWithExamples(new HelpAction()).Invoke);
        return command;
    }
}
