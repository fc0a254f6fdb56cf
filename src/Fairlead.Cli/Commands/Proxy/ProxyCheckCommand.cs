using System.CommandLine;
using Fairlead.Cli.CommandLine;
using Fairlead.CniProxy.V1;

namespace Fairlead.Cli.Commands.Proxy;

internal static class ProxyCheckCommand
{
    public static Command Create() =>
        OneAttachment.Of(
            new DocumentedCommand(
                "check",
                "Have the plugins compare an attachment with what is there, as CNI CHECK does",
                """
                # The exit status is 0 when all is as it was made, else 1
                fairlead proxy check 5f3a/net0
                """
            )
            {
                Details = """
                An interface of a virtual machine has handed its addresses on to the guest, so plugins that look for
                them on the interface complain by design; 'fairlead describe vm' shows what Fairlead itself has looked at.
                """,
            },
            async (proxy, key, sandbox, cancellationToken) =>
            {
                CheckRequest request = new() { Key = key, Sandbox = sandbox };
                CheckResponse check = await proxy.CheckAsync(request, cancellationToken);
                return check.Ok ? null : throw new CliException($"{key}: {check.Reason}");
            }
        );
}
