using System.CommandLine;
using Fairlead.Agent.V1;
using Fairlead.Cli.AgentAccess;
using Grpc.Core;

namespace Fairlead.Cli.CommandLine;

/// <summary>Arguments that name libvirt domains and their vNICs; the shell's completion asks the agent for them.</summary>
internal static class DomainCompletion
{
    // A shell must never seem stuck because of the Tab key.
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(300);

    public static Argument<string> Domain()
    {
        Argument<string> argument = new("domain")
        {
            Description = "Name or UUID of a domain of the environment's libvirtd",
            HelpName = "domain",
        };
        argument.CompletionSources.Add(context => Domains(context.ParseResult).Select(d => d.Name));
        return argument;
    }

    public static Argument<string> Nic(Argument<string> domain)
    {
        Argument<string> argument = new("nic") { Description = "Name of the vNIC", HelpName = "nic" };
        argument.CompletionSources.Add(context =>
        {
            string? given = context.ParseResult.GetValue(domain);
            return Domains(context.ParseResult).Where(d => d.Name == given || d.Uuid == given).SelectMany(d => d.Vnics);
        });
        return argument;
    }

    private static IEnumerable<ListedDomain> Domains(ParseResult parseResult)
    {
        try
        {
            using AgentConnection agent = AgentConnection.Open(parseResult);
            return agent.Domains.ListDomains(new ListDomainsRequest(), deadline: DateTime.UtcNow + Limit).Domains;
        }
        catch (Exception e) when (e is RpcException or CliException)
        {
            return []; // no agent, no names: completion has no way to complain
        }
    }
}
