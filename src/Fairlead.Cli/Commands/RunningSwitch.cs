using System.CommandLine;
using Fairlead.Agent.V1;
using Fairlead.Cli.AgentAccess;
using Fairlead.Cli.ClusterAccess;
using Fairlead.Cli.CommandLine;
using Fairlead.Crds;

namespace Fairlead.Cli.Commands;

/// <summary>What start and stop share: they set <c>spec.running</c>.</summary>
internal static class RunningSwitch
{
    public static Command Create(string name, string purpose, string examples, bool running)
    {
        Argument<string> machine = ObjectCompletion.OneName();
        Option<string?> @namespace = CommonOptions.Namespace();
        Option<bool> wait = CommonOptions.Switch(
            "--wait",
            running ? "Wait until it runs" : "Wait until it is off and its network is gone",
            byDefault: false
        );
        Option<TimeSpan?> timeout = CommonOptions.Duration(
            "--timeout",
            "How long to wait at most; 0 is for ever [default: 5m]"
        );
        DocumentedCommand command = new(name, purpose, examples) { machine, @namespace, wait, timeout };
        command.SetAction(
            async (parseResult, cancellationToken) =>
            {
                VirtualMachineKey key = new(
                    ClusterTarget.NamespaceOf(parseResult, parseResult.GetValue(@namespace)),
                    ResourceArguments.OneName(parseResult.GetRequiredValue(machine))
                );
                using AgentConnection agent = AgentConnection.Open(parseResult);
                await SetAsync(parseResult, agent, key, running, cancellationToken);
                if (parseResult.GetValue(wait))
                    await Waiting.UntilAsync(
                        CliInvocation.Of(parseResult),
                        token => PendingAsync(agent, key, running, token),
                        parseResult.GetValue(timeout) ?? TimeSpan.FromMinutes(5),
                        cancellationToken
                    );
                return ExitCodes.Ok;
            }
        );
        return command;
    }

    private static async Task SetAsync(
        ParseResult parseResult,
        AgentConnection agent,
        VirtualMachineKey key,
        bool running,
        CancellationToken cancellationToken
    )
    {
        SetRunningRequest request = new()
        {
            Namespace = key.Namespace,
            Name = key.Name,
            Running = running,
        };
        SetRunningResponse response = await agent.CallAsync((c, o) => c.SetRunningAsync(request, o), cancellationToken);
        string outcome = (response.Changed, running) switch
        {
            (true, true) => "started",
            (true, false) => "stopped",
            (false, true) => "unchanged (it is to run already)",
            (false, false) => "unchanged (it is stopped already)",
        };
        await parseResult.InvocationConfiguration.Output.WriteLineAsync(
            $"{ResourceArguments.QualifiedKind}/{key.Name} {outcome}"
        );
    }

    private static async Task<string?> PendingAsync(
        AgentConnection agent,
        VirtualMachineKey key,
        bool running,
        CancellationToken cancellationToken
    )
    {
        ListRequest request = new() { Namespace = key.Namespace };
        ListResponse response = await agent.CallAsync((c, o) => c.ListAsync(request, o), cancellationToken);
        VirtualMachine vm =
            response.Items.Select(item => ListedVirtualMachine.Read(item).Object).FirstOrDefault(vm => vm.Key == key)
            ?? throw new CliException(GetQuery.NotFound(key.Name, key.Namespace));
        // A status of the time before the change says nothing about what came of it.
        bool isCurrent = vm.Metadata.Generation is null || vm.Status?.ObservedGeneration >= vm.Metadata.Generation;
        VirtualMachinePhase phase = vm.Status?.Phase ?? VirtualMachinePhase.Pending;
        bool isThere = running
            ? phase is VirtualMachinePhase.Running
            : phase is VirtualMachinePhase.Succeeded or VirtualMachinePhase.Failed;
        return isCurrent && isThere ? null : $"{key} to be {(running ? "running" : "off")} (phase {phase})";
    }
}
