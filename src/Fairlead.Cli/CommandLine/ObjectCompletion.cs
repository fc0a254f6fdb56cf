using System.CommandLine;
using Fairlead.Agent.V1;
using Fairlead.Cli.AgentAccess;
using Fairlead.Cli.ClusterAccess;
using Fairlead.Kubernetes;
using Grpc.Core;

namespace Fairlead.Cli.CommandLine;

/// <summary>Arguments that name virtual machines; the shell's completion asks the agent for them.</summary>
internal static class ObjectCompletion
{
    // A shell must never seem stuck because of the Tab key.
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(300);

    /// <summary><c>vm</c>, <c>vm NAME...</c> or <c>vm/NAME...</c>.</summary>
    public static Argument<string[]> KindThenNames()
    {
        Argument<string[]> argument = new("object")
        {
            Description = "vm, vm NAME..., or vm/NAME...",
            // Without it System.CommandLine's help would show, and for that ask for, the candidates.
            HelpName = "object",
            Arity = ArgumentArity.ZeroOrMore,
        };
        argument.CompletionSources.Add(context =>
        {
            string[] given = context.ParseResult.GetValue(argument) ?? [];
            bool kindIsGiven =
                given is [string first, ..] && ResourceArguments.IsKind(first) && context.WordToComplete != first;
            if (kindIsGiven)
                return Names(context.ParseResult).Except(given, StringComparer.Ordinal);
            return context.WordToComplete.Contains('/')
                ? Names(context.ParseResult).Select(name => $"{ResourceArguments.ShortKind}/{name}")
                : [ResourceArguments.ShortKind];
        });
        return argument;
    }

    /// <summary><c>NAME</c> or <c>vm/NAME</c>.</summary>
    public static Argument<string> OneName()
    {
        Argument<string> argument = new("name") { Description = "NAME or vm/NAME", HelpName = "name" };
        argument.CompletionSources.Add(context => Names(context.ParseResult));
        return argument;
    }

    private static IEnumerable<string> Names(ParseResult parseResult)
    {
        try
        {
            string @namespace = ClusterTarget.NamespaceOf(parseResult, parseResult.GetValue<string?>("--namespace"));
            using AgentConnection agent = AgentConnection.Open(parseResult);
            ListResponse response = agent.Client.List(
                new ListRequest { Namespace = @namespace },
                deadline: DateTime.UtcNow + Limit
            );
            return [.. response.Items.Select(item => ListedVirtualMachine.Read(item).Object.Metadata.Name)];
        }
        catch (Exception e) when (e is RpcException or CliException or KubeconfigException)
        {
            // No agent, no names: completion has no way to complain.
            return [];
        }
    }
}
