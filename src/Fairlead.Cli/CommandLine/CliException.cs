namespace Fairlead.Cli.CommandLine;

/// <summary>A failure that is the user's to know: object, cause and remedy in one line, printed as <c>error: ...</c>.</summary>
internal class CliException(string message, int exitCode = ExitCodes.Failed) : Exception(message)
{
    public int ExitCode { get; } = exitCode;

    /// <summary>The command line is at fault.</summary>
    public static CliException Usage(string message) => new(message, ExitCodes.Usage);
}

/// <summary>Whoever read our output has gone (EPIPE).</summary>
internal sealed class BrokenPipeException() : IOException("broken pipe");
