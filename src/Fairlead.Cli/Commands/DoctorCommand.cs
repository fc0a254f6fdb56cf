using System.CommandLine;
using Fairlead.Cli.ClusterAccess;
using Fairlead.Cli.CommandLine;
using Fairlead.Cli.Diagnosis;
using Fairlead.Cli.Output;
using Fairlead.Crds;

namespace Fairlead.Cli.Commands;

internal static class DoctorCommand
{
    public static Command Create()
    {
        Argument<string[]> objects = ObjectCompletion.KindThenNames();
        Option<string?> @namespace = CommonOptions.Namespace();
        Option<string?> output = OutputFormats.Option("table", "json");
        DocumentedCommand command = new(
            "doctor",
            "Look at every link between the network and the guests, and say which one does not hold",
            """
            # Why has it no address?
            fairlead doctor vm web

            # The environment and all virtual machines
            fairlead doctor

            # What does not hold, for a script
            fairlead doctor -o json | jq '.machines[].likelyCause'
            """
        )
        {
            Details = """
                It looks in the order of the chain, from the CNI proxy to the guest, and asks: the guest by ARP and ping, the
                gateway by ARP, the DNS servers in the guest's name. Nothing is changed. A look takes 1 to 7 s. Each link is
                ok, warning, broken or skipped (not looked at, and why); the first broken one is the likely cause. The exit
                status is 0 when nothing is broken and there is no warning, else 1. docs/troubleshooting.md says more.
                """,
        };
        command.Arguments.Add(objects);
        command.Options.Add(@namespace);
        command.Options.Add(output);
        command.SetAction(
            (parseResult, cancellationToken) =>
            {
                string[] words = parseResult.GetValue(objects) ?? [];
                IReadOnlyList<string> names = words is [] ? [] : ResourceArguments.Names(words);
                string? given = parseResult.GetValue(@namespace);
                if (ClusterTarget.IsMeant(parseResult))
                    return names is [string name]
                        ? NodeExec.RunAsync(
                            parseResult,
                            new(ClusterTarget.NamespaceOf(parseResult, given), name),
                            cancellationToken
                        )
                        : throw CliException.Usage("on a cluster, say which virtual machine, and one only: vm NAME");
                DoctorRun run = new(parseResult)
                {
                    Names = names,
                    Namespace = names is [] ? given ?? "" : given ?? Defaults.Namespace,
                    WithEnvironment = words is [],
                    Format = OutputFormats.Of(parseResult.GetValue(output)),
                };
                return run.ExecuteAsync(cancellationToken);
            }
        );
        return command;
    }
}
