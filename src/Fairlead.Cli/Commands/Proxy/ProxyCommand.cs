using System.CommandLine;
using System.CommandLine.Help;
using Fairlead.Cli.CommandLine;

namespace Fairlead.Cli.Commands.Proxy;

/// <summary>The CNI proxy for a person: what it holds for whom, and how to have it let go.</summary>
internal static class ProxyCommand
{
    public static Command Create()
    {
        DocumentedCommand command = new(
            "proxy",
            "Look at the CNI proxy's networks and attachments, and release some",
            """
            # Everybody's attachments; what could not be released says why, and when that is tried again
            fairlead proxy list

            # Is every network ready to serve?
            fairlead proxy status

            # Release now what pods have left that are gone
            fairlead proxy reap

            # The proxy of a Kubernetes node, by its socket
            fairlead proxy list --socket /run/fairlead/cni-proxy/proxy.sock
            """
        )
        {
            ProxyListCommand.Create(),
            ProxyNetworksCommand.Create(),
            ProxyStatusCommand.Create(),
            ProxyCheckCommand.Create(),
            ProxyDeleteCommand.Create(),
            ProxyReapCommand.Create(),
        };
        command.Options.Add(ProxyRun.Socket);
        command.SetAction(new HelpWithExamples(new HelpAction()).Invoke);
        return command;
    }
}
