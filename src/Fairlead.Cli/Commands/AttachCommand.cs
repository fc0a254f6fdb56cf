using System.CommandLine;
using Fairlead.Agent.V1;
using Fairlead.Cli.AgentAccess;
using Fairlead.Cli.CommandLine;

namespace Fairlead.Cli.Commands;

internal static class AttachCommand
{
    public static Command Create()
    {
        Argument<string> domain = DomainCompletion.Domain();
        Option<string?> name = Text(
            "--name",
            "What the vNIC is called [default: the first free one of net0, net1, ...]",
            "NIC"
        );
        Option<string?> network = Text(
            "--network",
            "CNI network to attach it to [default: the default network]",
            "NAME"
        );
        Option<string?> mac = Text("--mac", "MAC address that the vNIC shall have", "MAC");
        Option<string?> ip = Text(
            "--ip",
            "IPv4 address that the vNIC shall have; the network needs the capability ips",
            "A"
        );
        DocumentedCommand command = new(
            "attach",
            "Give a libvirt domain that you defined yourself a vNIC on the pod network",
            """
            # One more vNIC: at once if the domain runs, and in its configuration if it has one
            fairlead attach web

            # On another network, with a MAC and a name to detach it by
            fairlead attach web --network storage --mac 02:00:00:00:00:07 --name storage

            # At an address of your choice
            fairlead attach web --ip 10.88.0.9
            """
        )
        {
            domain,
            network,
            mac,
            ip,
            name,
        };
        command.SetAction(
            async (parseResult, cancellationToken) =>
            {
                AttachRequest request = new()
                {
                    Domain = parseResult.GetRequiredValue(domain),
                    Name = parseResult.GetValue(name) ?? "",
                    Network = parseResult.GetValue(network) ?? "",
                    Mac = parseResult.GetValue(mac) ?? "",
                    Ip = parseResult.GetValue(ip) ?? "",
                };
                using AgentConnection agent = AgentConnection.Open(parseResult);
                AttachResponse response = await agent.CallDomainsAsync(
                    (c, o) => c.AttachAsync(request, o),
                    cancellationToken
                );
                string addresses = response.Addresses is [] ? "no address" : string.Join(", ", response.Addresses);
                await parseResult.InvocationConfiguration.Output.WriteLineAsync(
                    $"domain/{request.Domain} vNIC {response.Name} attached to network {response.Network}: {addresses}, MAC {response.Mac}"
                );
                return ExitCodes.Ok;
            }
        );
        return command;
    }

    private static Option<string?> Text(string name, string description, string helpName) =>
        new(name) { Description = description, HelpName = helpName };
}
