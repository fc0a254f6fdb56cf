using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Help;
using Fairlead.Cli.ClusterAccess;
using Fairlead.Cli.Commands;
using Fairlead.Cli.Commands.Cni;
using Fairlead.Cli.Commands.Proxy;

namespace Fairlead.Cli.CommandLine;

/// <summary>The tree of commands.</summary>
internal static class FairleadRoot
{
    public static RootCommand Create()
    {
        RootCommand root = new(
            "Virtual machines on the pod network: libvirt VMs that get their addresses through CNI."
        );
        root.Options.Add(StateDirectory.Option);
        root.Options.Add(ClusterTarget.Kubeconfig);
        root.Options.Add(ClusterTarget.Context);

        // The work of every day; the environment; what the environment starts by itself; the rest.
        root.Subcommands.Add(ApplyCommand.Create());
        root.Subcommands.Add(DeleteCommand.Create());
        root.Subcommands.Add(GetCommand.Create());
        root.Subcommands.Add(DescribeCommand.Create());
        root.Subcommands.Add(StartCommand.Create());
        root.Subcommands.Add(StopCommand.Create());
        root.Subcommands.Add(ConsoleCommand.Create());
        root.Subcommands.Add(DoctorCommand.Create());
        root.Subcommands.Add(TraceCommand.Create());
        root.Subcommands.Add(AttachCommand.Create());
        root.Subcommands.Add(DetachCommand.Create());
        root.Subcommands.Add(ForgetCommand.Create());

        root.Subcommands.Add(UpCommand.Create());
        root.Subcommands.Add(DownCommand.Create());
        root.Subcommands.Add(StatusCommand.Create());
        root.Subcommands.Add(SandboxCommand.Create());
        root.Subcommands.Add(CniProxyCommand.Create());
        root.Subcommands.Add(AgentCommand.Create());
        root.Subcommands.Add(ControllerCommand.Create());

        root.Subcommands.Add(ProxyCommand.Create());
        root.Subcommands.Add(CniCommand.Create());
        root.Subcommands.Add(VersionCommand.Create());
        root.Subcommands.Add(CompletionCommand.Create());

        // The library's own one also answers to -? and /h.
        root.Options.Remove(root.Options.OfType<HelpOption>().Single());
        HelpOption help = new("--help", "-h") { Description = "Show help, with examples" };
        HelpWithExamples action = new((HelpAction)help.Action!);
        help.Action = action;
        root.Options.Add(help);
        SuggestDirective suggest = root.Directives.OfType<SuggestDirective>().Single();
        suggest.Action = new CompletionRequest(suggest);
        // As kubectl: without a command there is help, and nothing has gone wrong.
        root.SetAction(action.Invoke);
        return root;
    }
}
