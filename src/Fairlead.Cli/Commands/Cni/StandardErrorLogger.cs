using Microsoft.Extensions.Logging;

namespace Fairlead.Cli.Commands.Cni;

/// <summary>
/// What the library has to tell beside results and failures, line by line: what successful plugins wrote to their
/// standard error, cache entries that could not be used, roll-backs.
/// </summary>
internal sealed class StandardErrorLogger(TextWriter error) : ILogger
{
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
        if (IsEnabled(logLevel))
            error.WriteLine(formatter(state, exception));
    }
}
