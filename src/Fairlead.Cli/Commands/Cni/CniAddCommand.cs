using System.CommandLine;
using Fairlead.Cli.CommandLine;
using Fairlead.Cni;

namespace Fairlead.Cli.Commands.Cni;

internal static class CniAddCommand
{
    public static Command Create()
    {
        AttachmentArguments arguments = new(namespaceIsOptional: false);
        DocumentedCommand command = new(
            "add",
            "Attach a network namespace to a network and print the result",
            """
            # As eth0 of /run/netns/web
            fairlead cni add pods web

            # A second interface, with a MAC address of one's own
            fairlead cni add storage web --cni-ifname net1 --cap-args '{"mac":"02:00:00:00:00:01"}'
            """
        )
        {
            Details = $"""
                {CniTexts.Answer}
                A failed ADD is rolled back: DEL is run on all plugins. 'details' says if that left something.
                Plugins get PATH and CNI_* only; name what else they need with --env.
                """,
        };
        arguments.AddTo(command);
        command.SetAction(
            (parseResult, cancellationToken) =>
                CniRun.ExecuteAsync(
                    parseResult,
                    async run =>
                    {
                        CniRuntime runtime = run.CreateRuntime(CniOptions.CacheDirectoryOf(parseResult));
                        CniAttachment attachment = arguments.Read(parseResult);
                        NetworkConfigurationList network = run.Find(arguments.NetworkOf(parseResult));
                        NetworkNamespaceArgument.RequireExistence(attachment.NetnsPath!);
                        foreach (string capability in attachment.CapabilityArgs.Keys)
                            if (!network.Plugins.Any(plugin => plugin.Capabilities.Contains(capability)))
                                run.Note(
                                    $"no plugin of network {network.Name} declares capability \"{capability}\": none gets it"
                                );
                        run.Print(await runtime.AddAsync(network, attachment, cancellationToken));
                    }
                )
        );
        return command;
    }
}
