using System.CommandLine;
using Fairlead.Cli.CommandLine;
using Fairlead.CniProxy.V1;

namespace Fairlead.Cli.Commands.Proxy;

internal static class ProxyDeleteCommand
{
    public static Command Create()
    {
        Argument<string> key = ProxyRun.Key();
        DocumentedCommand command = new(
            "delete",
            "Release an attachment and forget it, as CNI DEL does",
            """
            # Whoever uses the interface loses it
            fairlead proxy delete 5f3a/net0

            # Where several pods use the same key
            fairlead proxy delete 5f3a/net0 --sandbox 0c7d
            """
        )
        {
            key,
            ProxyRun.Sandbox,
        };
        command.SetAction(
            (parseResult, cancellationToken) =>
                ProxyRun.WithAsync(
                    parseResult,
                    async proxy =>
                    {
                        DeleteRequest request = new()
                        {
                            Key = parseResult.GetRequiredValue(key),
                            Sandbox = parseResult.GetValue(ProxyRun.Sandbox) ?? "",
                        };
                        DeleteResponse response = await proxy.DeleteAsync(request, cancellationToken);
                        if (!response.Existed)
                            throw new CliException($"there is no attachment {request.Key}; see fairlead proxy list");
                        parseResult.InvocationConfiguration.Output.WriteLine($"{request.Key} released");
                        return ExitCodes.Ok;
                    }
                )
        );
        return command;
    }
}
