using System.CommandLine;
using Fairlead.Cli.CommandLine;
using Fairlead.CniProxy.V1;

namespace Fairlead.Cli.Commands.Proxy;

internal static class ProxyDeleteCommand
{
    public static Command Create() =>
        OneAttachment.Of(
            new DocumentedCommand(
                "delete",
                "Release an attachment and forget it, as CNI DEL does",
                """
                # Whoever uses the interface loses it
                fairlead proxy delete 5f3a/net0

                # Where several pods use the same key
                fairlead proxy delete 5f3a/net0 --sandbox 0c7d
                """
            ),
            async (proxy, key, sandbox, cancellationToken) =>
            {
                DeleteRequest request = new() { Key = key, Sandbox = sandbox };
                DeleteResponse response = await proxy.DeleteAsync(request, cancellationToken);
                return response.Existed
                    ? $"{key} released"
                    : throw new CliException($"there is no attachment {key}; see fairlead proxy list");
            }
        );
}
