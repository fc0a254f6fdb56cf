using System.CommandLine;
using Fairlead.Cli.ClusterAccess;
using Fairlead.Cli.CommandLine;
using Fairlead.Crds;

namespace Fairlead.Cli.Commands;

internal static class ForgetCommand
{
    public static Command Create()
    {
        Argument<string[]> objects = ObjectCompletion.KindThenNames();
        Option<string?> @namespace = CommonOptions.Namespace();
        Option<bool> force = new("--force") { Description = "Even though the node's agent seems to be alive" };
        DocumentedCommand command = new(
            "forget",
            "On a cluster: say that nothing of a virtual machine is left on a node that is off for good",
            """
            # node-7 has burnt down; web is to be placed elsewhere, or its deletion is to end
            fairlead forget vm web --kubeconfig ~/.kube/config
            """
        )
        {
            Details = """
                A virtual machine on a silent node stays there, since it may run: two copies of it would write to one disk and
                answer for one address. Be sure that it does not run. All machines of a node are forgotten when its Node object
                is deleted, or has the taint node.kubernetes.io/out-of-service. The addresses that the node's plugins had given
                are given back by their own means; a node that comes back ends what it has of the machine.
                """,
        };
        command.Arguments.Add(objects);
        command.Options.Add(@namespace);
        command.Options.Add(force);
        command.SetAction(
            async (parseResult, cancellationToken) =>
            {
                if (!ClusterTarget.IsMeant(parseResult))
                    throw CliException.Usage(
                        "forget is for clusters: name one with --kubeconfig or --context (here: fairlead delete vm)"
                    );
                IReadOnlyList<string> names = ResourceArguments.Names(parseResult.GetValue(objects) ?? []);
                if (names is [])
                    throw CliException.Usage("say which: vm NAME...");
                ForgetRun run = new(parseResult) { Force = parseResult.GetValue(force) };
                string inNamespace = ClusterTarget.NamespaceOf(parseResult, parseResult.GetValue(@namespace));
                foreach (string name in names)
                    await run.ForgetAsync(new VirtualMachineKey(inNamespace, name), cancellationToken);
                return ExitCodes.Ok;
            }
        );
        return command;
    }
}
