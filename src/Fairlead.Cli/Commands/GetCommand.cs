using System.CommandLine;
using Fairlead.Agent.V1;
using Fairlead.Cli.AgentAccess;
using Fairlead.Cli.ClusterAccess;
using Fairlead.Cli.CommandLine;
using Fairlead.Cli.Output;

namespace Fairlead.Cli.Commands;

internal static class GetCommand
{
    private static readonly string[] Formats = ["table", "wide", "json", "yaml", "name"];

    public static Command Create()
    {
        Argument<string[]> objects = ObjectCompletion.KindThenNames();
        Option<string?> @namespace = CommonOptions.Namespace();
        Option<bool> allNamespaces = CommonOptions.AllNamespaces();
        Option<string?> output = OutputFormats.Option(Formats);
        Option<bool> watch = new("--watch", "-w")
        {
            Description = "After listing, print a line for every change, until Ctrl-C (exit status 130)",
        };
        Option<string?> selector = new("--selector", "-l")
        {
            Description = "Only objects with such labels: app=web,tier!=db,env in (a,b),!legacy",
            HelpName = "SELECTOR",
        };
        Option<bool> noHeaders = new("--no-headers") { Description = "Leave the line of column names out" };

        DocumentedCommand command = new(
            "get",
            "List virtual machines with their phase and address",
            """
            # The virtual machines of the namespace default
            fairlead get vm

            # One of them with all its fields
            fairlead get vm web -o yaml

            # All namespaces, with MAC addresses, networks and hypervisor, and then every change
            fairlead get vm -A -o wide --watch
            """
        )
        {
            objects,
            @namespace,
            allNamespaces,
            output,
            watch,
            selector,
            noHeaders,
        };
        command.SetAction(
            (parseResult, cancellationToken) =>
            {
                bool all = parseResult.GetValue(allNamespaces);
                GetQuery query = new()
                {
                    Names = ResourceArguments.Names(parseResult.GetValue(objects) ?? []),
                    Namespace = all ? null : ClusterTarget.NamespaceOf(parseResult, parseResult.GetValue(@namespace)),
                    Selector = LabelSelector.Parse(parseResult.GetValue(selector) ?? ""),
                    HasSelector = parseResult.GetValue(selector) is not null,
                };
                if (all && query.Names is not [])
                    throw CliException.Usage("a virtual machine cannot be named across all namespaces; use -n");
                if (query.HasSelector && query.Names is not [])
                    throw CliException.Usage("a selector cannot be combined with names");
                OutputFormat format = OutputFormats.Of(parseResult.GetValue(output));
                ObjectPrinter printer = new(
                    CliInvocation.Of(parseResult),
                    format,
                    all,
                    parseResult.GetValue(noHeaders)
                );
                return parseResult.GetValue(watch)
                    ? WatchAsync(parseResult, query, printer, cancellationToken)
                    : ListAsync(parseResult, query, printer, cancellationToken);
            }
        );
        return command;
    }

    private static async Task<int> ListAsync(
        ParseResult parseResult,
        GetQuery query,
        ObjectPrinter printer,
        CancellationToken cancellationToken
    )
    {
        using AgentConnection agent = AgentConnection.Open(parseResult);
        IReadOnlyList<ListedVirtualMachine> found = await ReadAsync(agent, query, cancellationToken);
        CliInvocation invocation = CliInvocation.Of(parseResult);
        printer.PrintList(found, single: query.Names.Count == 1);
        if (found is [] && query.Names is [] && printer.SaysWhenEmpty)
            invocation.Error.WriteLine(
                query.Namespace is { } name ? $"No resources found in {name} namespace." : "No resources found"
            );
        return query.ReportMissing(found, invocation);
    }

    private static async Task<int> WatchAsync(
        ParseResult parseResult,
        GetQuery query,
        ObjectPrinter printer,
        CancellationToken cancellationToken
    )
    {
        using AgentConnection agent = AgentConnection.Open(parseResult);
        IReadOnlyList<ListedVirtualMachine> found = await ReadAsync(agent, query, cancellationToken);
        if (query.ReportMissing(found, CliInvocation.Of(parseResult)) is not ExitCodes.Ok and int missing)
            return missing;

        // The stream begins with what is there; the list was asked only to know whether a name is missing.
        IAsyncEnumerable<IReadOnlyList<VirtualMachineChange>> changes = VirtualMachineWatch.ReadAsync(
            agent,
            query,
            cancellationToken
        );
        await foreach (IReadOnlyList<VirtualMachineChange> batch in changes)
            printer.PrintChanges(batch);
        throw new CliException("the agent ended the watch; is it being stopped?");
    }

    private static async Task<IReadOnlyList<ListedVirtualMachine>> ReadAsync(
        AgentConnection agent,
        GetQuery query,
        CancellationToken cancellationToken
    )
    {
        ListRequest request = new() { Namespace = query.Namespace ?? "" };
        ListResponse response = await agent.CallAsync((c, o) => c.ListAsync(request, o), cancellationToken);
        return [.. response.Items.Select(ListedVirtualMachine.Read).Where(query.Wants)];
    }
}
