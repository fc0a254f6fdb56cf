using Fairlead.Cli.CommandLine;
using Spectre.Console;

namespace Fairlead.Cli.AgentAccess;

/// <summary>Waits for the agent to finish something, and says so when it takes longer than a moment.</summary>
internal static class Waiting
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

    /// <param name="invocation">Where the progress is told: on standard error.</param>
    /// <param name="pending">Asks once: what is still awaited, or null when it is over.</param>
    /// <param name="timeout">Null or zero: none.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="CliException">The time was over first.</exception>
    public static async Task UntilAsync(
        CliInvocation invocation,
        Func<CancellationToken, Task<string?>> pending,
        TimeSpan? timeout,
        CancellationToken cancellationToken
    )
    {
        long start = invocation.Time.GetTimestamp();
        if (await LoopAsync(Moment, _ => { }) is not { } what)
            return;
        if (invocation.ErrorIsTerminal)
        {
            IAnsiConsole console = AnsiConsole.Create(
                new AnsiConsoleSettings { Out = new AnsiConsoleOutput(invocation.Error), Ansi = AnsiSupport.Yes }
            );
            await console
                .Status()
                .StartAsync(
                    Markup.Escape($"waiting for {what}"),
                    status => LoopAsync(null, text => status.Status = Markup.Escape($"waiting for {text}"))
                );
            return;
        }
        string? told = null;
        await LoopAsync(
            null,
            text =>
            {
                if (text != told)
                    invocation.Error.WriteLine($"waiting for {text}");
                told = text;
            }
        );

        async Task<string?> LoopAsync(TimeSpan? limit, Action<string> tell)
        {
            while (await pending(cancellationToken) is { } text)
            {
                tell(text);
                TimeSpan elapsed = invocation.Time.GetElapsedTime(start);
                if (timeout is { Ticks: > 0 } && elapsed >= timeout)
                    throw new CliException(
                        $"after {Output.Age.Format(elapsed)} still waiting for {text}; it goes on in the background"
                            + " (fairlead describe vm shows how far it is)"
                    );
                if (elapsed >= limit)
                    return text;
                await Task.Delay(Poll, invocation.Time, cancellationToken);
            }
            return null;
        }
    }
}
