using System.CommandLine;
using Fairlead.Agent.V1;
using Fairlead.Cli.AgentAccess;
using Fairlead.Cli.ClusterAccess;
using Fairlead.Cli.CommandLine;
using Fairlead.Cli.Output;
using Fairlead.Crds;
using Grpc.Core;

namespace Fairlead.Cli.Commands;

internal static class DescribeCommand
{
    public static Command Create()
    {
        Argument<string[]> objects = ObjectCompletion.KindThenNames();
        Option<string?> @namespace = CommonOptions.Namespace();
        DocumentedCommand command = new(
            "describe",
            "Show one virtual machine with its path to the network and what happened to it",
            """
            # Everything about one virtual machine: conditions, addresses, the path of its frames, events
            fairlead describe vm web

            # In another namespace
            fairlead describe vm/web -n shop
            """
        )
        {
            objects,
            @namespace,
        };
        command.SetAction(
            (parseResult, cancellationToken) =>
                DescribeAsync(
                    parseResult,
                    ResourceArguments.Names(parseResult.GetValue(objects) ?? []),
                    ClusterTarget.NamespaceOf(parseResult, parseResult.GetValue(@namespace)),
                    cancellationToken
                )
        );
        return command;
    }

    private static async Task<int> DescribeAsync(
        ParseResult parseResult,
        IReadOnlyList<string> names,
        string @namespace,
        CancellationToken cancellationToken
    )
    {
        CliInvocation invocation = CliInvocation.Of(parseResult);
        using AgentConnection agent = AgentConnection.Open(parseResult);
        if (names is [])
        {
            ListRequest all = new() { Namespace = @namespace };
            ListResponse list = await agent.CallAsync((c, o) => c.ListAsync(all, o), cancellationToken);
            names = [.. list.Items.Select(item => ListedVirtualMachine.Read(item).Object.Metadata.Name)];
            if (names is [])
                await invocation.Error.WriteLineAsync($"No resources found in {@namespace} namespace.");
        }
        int exitCode = ExitCodes.Ok;
        bool isFirst = true;
        foreach (string name in names)
        {
            DescribeRequest request = new() { Namespace = @namespace, Name = name };
            try
            {
                DescribeResponse response = await agent.CallAsync(
                    (c, o) => c.DescribeAsync(request, o),
                    cancellationToken
                );
                // kubectl leaves two lines between objects.
                if (!isFirst)
                    await invocation.Output.WriteAsync("\n\n");
                isFirst = false;
                VirtualMachine vm = ListedVirtualMachine.Read(response.Item).Object;
                new VirtualMachineDescription(invocation.Output, invocation.Time)
                {
                    WithPaths = !agent.IsCluster,
                }.Write(vm, response);
            }
            catch (AgentException e) when (e.Code == StatusCode.NotFound)
            {
                invocation.WriteError(GetQuery.NotFound(name, @namespace));
                exitCode = ExitCodes.Failed;
            }
        }
        return exitCode;
    }
}
