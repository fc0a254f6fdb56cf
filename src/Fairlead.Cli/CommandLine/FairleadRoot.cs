using System.CommandLine;
using System.CommandLine.Help;
using Fairlead.Cli.Commands;

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

        // The work of every day, then the environment, then what the environment starts by itself.
        root.Subcommands.Add(VersionCommand.Create());

        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        return root;
    }
}
