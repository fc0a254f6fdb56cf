using System.CommandLine;
using Fairlead.Cli.CommandLine;
using Fairlead.Cni;

namespace Fairlead.Cli.Commands.Cni;

internal static class CniDelCommand
{
    public static Command Create()
    {
        AttachmentArguments arguments = new(namespaceIsOptional: true);
        DocumentedCommand command = new(
            "del",
            "Release an attachment; that it is gone already is success",
            """
            # What 'fairlead cni add pods web' made
            fairlead cni del pods web

            # The namespace has gone and its address is still reserved
            fairlead cni del pods --container-id 3f2a9c --cni-ifname eth0
            """
        )
        {
            Details = $"""
                {CniTexts.Silence}
                {CniTexts.CachedArguments} If the network's configuration has
                gone, the one that ADD was made with is taken from the cache.
                """,
        };
        arguments.AddTo(command);
        command.SetAction(
            (parseResult, cancellationToken) =>
                CniRun.ExecuteAsync(
                    parseResult,
                    async run =>
                    {
                        CniAttachment attachment = arguments.Read(parseResult);
                        string name = arguments.NetworkOf(parseResult);
                        CniRuntime runtime = run.CreateRuntime(CniOptions.CacheDirectoryOf(parseResult));
                        CachedAttachment? cached = CniRun.TryReadCache(runtime, name, attachment.Id);
                        NetworkConfigurationList network = run.FindForDelete(name, cached);
                        attachment = AttachmentArguments.Complete(attachment, cached);
                        await runtime.DeleteAsync(network, attachment, cancellationToken: cancellationToken);
                    }
                )
        );
        return command;
    }
}
