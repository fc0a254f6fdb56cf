using System.CommandLine;
using Fairlead.Agent.V1;
using Fairlead.Cli.AgentAccess;
using Fairlead.Cli.ClusterAccess;
using Fairlead.Cli.CommandLine;
using Fairlead.Cli.Terminal;

namespace Fairlead.Cli.Commands;

internal static class ConsoleCommand
{
    private const int StandardInput = 0;

    public static Command Create()
    {
        Argument<string> machine = ObjectCompletion.OneName();
        Option<string?> @namespace = CommonOptions.Namespace();
        Option<bool> force = new("--force") { Description = "Take the console from whoever has it" };
        Option<TimeSpan?> silence = CommonOptions.Duration(
            "--silence",
            "Without a terminal: end when the guest has been silent for so long after the input's end [default: 2s]"
        );
        Option<TimeSpan?> timeout = CommonOptions.Duration(
            "--timeout",
            "Without a terminal: end so long after the input's end, silent or not"
        );
        DocumentedCommand command = new(
            "console",
            "Speak with a virtual machine over its serial console",
            """
            # Until Ctrl-] is typed
            fairlead console web

            # One command, and what it prints
            echo 'ip -brief addr' | fairlead console web
            """
        )
        {
            Details = """
                On a terminal every key goes to the guest, Ctrl-C too; Ctrl-] ends the session. When standard input is no
                terminal it is sent as it is, and the guest's output is printed until the guest has been silent for a while.
                """,
        };
        command.Arguments.Add(machine);
        command.Options.Add(@namespace);
        command.Options.Add(force);
        command.Options.Add(silence);
        command.Options.Add(timeout);
        command.SetAction(
            async (parseResult, cancellationToken) =>
            {
                ConsoleTarget target = new()
                {
                    Namespace = ClusterTarget.NamespaceOf(parseResult, parseResult.GetValue(@namespace)),
                    Name = ResourceArguments.OneName(parseResult.GetRequiredValue(machine)),
                    Force = parseResult.GetValue(force),
                };
                if (ClusterTarget.IsMeant(parseResult))
                    return await NodeExec.RunAsync(parseResult, new(target.Namespace, target.Name), cancellationToken);
                CliInvocation invocation = CliInvocation.Of(parseResult);
                using AgentConnection agent = AgentConnection.Open(parseResult);
                ConsoleSession session = new(invocation, agent, target)
                {
                    Silence = parseResult.GetValue(silence) ?? TimeSpan.FromSeconds(2),
                    Limit = parseResult.GetValue(timeout),
                    // The terminal is raw by then: a new line does not return by itself.
                    Opened = () =>
                    {
                        if (invocation.InputIsTerminal)
                            invocation.Error.Write($"Connected to {target.Name} (escape character is ^])\r\n");
                    },
                };
                await RunAsync(invocation, session, cancellationToken);
                return ExitCodes.Ok;
            }
        );
        return command;
    }

    private static async Task RunAsync(
        CliInvocation invocation,
        ConsoleSession session,
        CancellationToken cancellationToken
    )
    {
        if (!invocation.InputIsTerminal)
        {
            await session.RunAsync(cancellationToken);
            return;
        }
        using (RawTerminal.Enter(StandardInput))
            await session.RunAsync(cancellationToken);
        await invocation.Error.WriteLineAsync();
    }
}
