using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Fairlead.Hosting;

/// <summary>Log lines for a file: one line an entry, with a time in UTC.</summary>
public static class LineConsole
{
    private const string FormatterName = "fairlead";

    public static ILoggingBuilder AddLineConsole(this ILoggingBuilder logging)
    {
        logging.SetMinimumLevel(LogLevel.Information);
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("Grpc", LogLevel.Warning);
        logging.Services.AddSingleton<ConsoleFormatter, LineFormatter>();
        return logging.AddConsole(console => console.FormatterName = FormatterName);
    }

    private sealed class LineFormatter() : ConsoleFormatter(FormatterName)
    {
        public override void Write<TState>(
            in LogEntry<TState> entry,
            IExternalScopeProvider? scopeProvider,
            TextWriter textWriter
        )
        {
            string message = entry.Formatter(entry.State, entry.Exception).ReplaceLineEndings(" ");
            textWriter.Write($"{DateTime.UtcNow:yyyy-MM-ddTHH:mm:ss.fffZ} {LevelOf(entry.LogLevel)} {message}");
            if (entry.Exception is { } exception)
                textWriter.Write($" | {exception.ToString().ReplaceLineEndings(" | ")}");
            textWriter.Write('\n');
        }

        private static string LevelOf(LogLevel level) =>
            level switch
            {
                LogLevel.Trace or LogLevel.Debug => "debug",
                LogLevel.Information => "info ",
                LogLevel.Warning => "warn ",
                _ => "error",
            };
    }
}
