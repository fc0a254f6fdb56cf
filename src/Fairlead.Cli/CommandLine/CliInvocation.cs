using System.CommandLine;
using System.Text;

namespace Fairlead.Cli.CommandLine;

/// <summary>What surrounds a command: its streams, its terminal, its environment and its clock.</summary>
internal sealed class CliInvocation : InvocationConfiguration, IDisposable
{
    public CliInvocation()
    {
        EnableDefaultExceptionHandler = false;
        ProcessTerminationTimeout = null;
    }

    /// <summary>Standard input as bytes.</summary>
    public required Stream Input { get; init; }

    /// <summary>Standard output as bytes; <see cref="InvocationConfiguration.Output"/> writes to it.</summary>
    public required Stream OutputBytes { get; init; }

    public bool InputIsTerminal { get; init; }

    public bool OutputIsTerminal { get; init; }

    public bool ErrorIsTerminal { get; init; }

    /// <summary>The name by which the program was called: kubectl-fairlead as a plugin of kubectl.</summary>
    public string ProgramName { get; init; } = "fairlead";

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The variable's value; null when it is absent or empty.</summary>
    public Func<string, string?> Variable { get; init; } = _ => null;

    /// <summary>https://no-color.org: any value that is not empty switches colours off.</summary>
    public bool OutputTakesColour =>
        OutputIsTerminal
        && Variable("NO_COLOR") is null
        && !string.Equals(Variable("TERM"), "dumb", StringComparison.Ordinal);

    /// <summary>The invocation that a command runs in.</summary>
    public static CliInvocation Of(ParseResult parseResult) => (CliInvocation)parseResult.InvocationConfiguration;

    public static CliInvocation ForProcess(CancellationToken cancellationToken)
    {
        Stream output = new DescriptorStream(1);
        Stream error = new DescriptorStream(2);
        return new CliInvocation
        {
            Input = new DescriptorStream(0, cancellationToken),
            OutputBytes = output,
            Output = Text(output),
            Error = Text(error),
            InputIsTerminal = !Console.IsInputRedirected,
            OutputIsTerminal = !Console.IsOutputRedirected,
            ErrorIsTerminal = !Console.IsErrorRedirected,
            ProgramName = ReadProgramName(),
            Variable = name => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null,
        };
    }

    public void WriteError(string message) => Error.WriteLine("error: " + message);

    public void Dispose()
    {
        Input.Dispose();
        Output.Dispose();
        Error.Dispose();
    }

    // .NET gives the path of the binary, or of its DLL; a link's own name is in the kernel's copy of the arguments only.
    private static string ReadProgramName() => Path.GetFileName(File.ReadAllText("/proc/self/cmdline").Split('\0')[0]);

    private static StreamWriter Text(Stream stream) => new(stream, new UTF8Encoding(false), 4096) { AutoFlush = true };
}
