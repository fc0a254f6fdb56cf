using System.CommandLine;
using Fairlead.Agent.V1;
using Fairlead.Cli.AgentAccess;
using Fairlead.Cli.CommandLine;

namespace Fairlead.Cli.Commands;

internal static class DetachCommand
{
    public static Command Create()
    {
        Argument<string> domain = DomainCompletion.Domain();
        Argument<string> nic = DomainCompletion.Nic(domain);
        DocumentedCommand command = new(
            "detach",
            "Take a vNIC that 'fairlead attach' made from its domain, and release its address",
            """
            # Asks the guest to let it go if the domain runs
            fairlead detach web net0
            """
        )
        {
            domain,
            nic,
        };
        command.SetAction(
            async (parseResult, cancellationToken) =>
            {
                DetachRequest request = new()
                {
                    Domain = parseResult.GetRequiredValue(domain),
                    Name = parseResult.GetRequiredValue(nic),
                };
                using AgentConnection agent = AgentConnection.Open(parseResult);
                DetachResponse response = await agent.CallDomainsAsync(
                    (c, o) => c.DetachAsync(request, o),
                    cancellationToken
                );
                await parseResult.InvocationConfiguration.Output.WriteLineAsync(
                    $"domain/{request.Domain} vNIC {request.Name} "
                        + (
                            response.Pending
                                ? "is asked for: the guest has not let it go yet, and it is released when it has"
                                : "detached"
                        )
                );
                return ExitCodes.Ok;
            }
        );
        return command;
    }
}
