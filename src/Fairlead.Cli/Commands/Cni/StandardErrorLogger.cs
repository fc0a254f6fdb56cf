using Microsoft.Extensions.Logging;

namespace Fairlead.Cli.Commands.Cni;

/// <summary>
/// What the library has to tell beside results and failures, line by line: what successful plugins wrote to their
/// standard error, and cache entries that could not be used. What became of a roll-back is in the failure itself.
/// </summary>
internal sealed class StandardErrorLogger(TextWriter error) : ILogger
{
    private const int RollingBack = 3;
    private const int RollBackIncomplete = 4;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        if (IsEnabled(logLevel) && eventId.Id is not (RollingBack or RollBackIncomplete))
            error.WriteLine(formatter(state, exception));
    }
}
