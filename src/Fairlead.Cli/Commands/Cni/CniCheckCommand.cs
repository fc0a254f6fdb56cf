using System.CommandLine;
using Fairlead.Cli.CommandLine;
using Fairlead.Cni;

namespace Fairlead.Cli.Commands.Cni;

internal static class CniCheckCommand
{
    public static Command Create()
    {
        AttachmentArguments arguments = new(namespaceIsOptional: false);
        DocumentedCommand command = new(
            "check",
            "Ask the plugins whether an attachment is still as ADD left it",
            """
            # What 'fairlead cni add pods web' made
            fairlead cni check pods web
            """
        )
        {
            Details = $"""
                {CniTexts.Silence}
                {CniTexts.CachedArguments}
                Networks before version 0.4.0 have no CHECK; with 'disableCheck' nothing is asked and all is well.
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
                        CachedAttachment? cached = CniRun.TryReadCache(runtime, network.Name, attachment.Id);
                        attachment = AttachmentArguments.Complete(attachment, cached);
                        await runtime.CheckAsync(network, attachment, cancellationToken: cancellationToken);
                        if (network.DisableCheck)
                            run.Note($"network {network.Name} has 'disableCheck': nothing was asked");
                    }
                )
        );
        return command;
    }
}
