using System.Text;
using Fairlead.Cli.CommandLine;

namespace Fairlead.Cli.Tests.Fakes;

internal sealed record CliResult(int ExitCode, string Out, string Error);

/// <summary>Runs the program in this process, with streams and a clock of the test's own.</summary>
internal sealed class TestCli(FakeAgent? agent = null)
{
    private readonly RecordingStream _output = new();

    public Stream Input { get; init; } = Stream.Null;

    public bool IsTerminal { get; init; }

    public bool ErrorIsTerminal { get; init; }

    public Dictionary<string, string> Variables { get; } = [];

    /// <summary>What has been printed so far.</summary>
    public string OutputSoFar => _output.Text;

    public Task<CliResult> RunAsync(params string[] args) => RunUntilAsync(TestContext.Current.CancellationToken, args);

    public async Task<CliResult> RunUntilAsync(CancellationToken cancellationToken, params string[] args)
    {
        if (agent is not null)
            args = [.. args, "--state-dir", agent.StateDirectory];
        StringWriter error = new() { NewLine = "\n" };
        using CliInvocation invocation = new()
        {
            Input = Input,
            OutputBytes = _output,
            Output = new StreamWriter(_output, new UTF8Encoding(false)) { AutoFlush = true, NewLine = "\n" },
            Error = error,
            OutputIsTerminal = IsTerminal,
            ErrorIsTerminal = ErrorIsTerminal,
            Time = new StandingClock(Machines.Now),
            Variable = name => Variables.GetValueOrDefault(name),
        };
        int exitCode = await CliApplication.RunAsync(args, invocation, cancellationToken);
        return new CliResult(exitCode, OutputSoFar, error.ToString());
    }

    /// <summary>The wall clock stands still, timers run.</summary>
    private sealed class StandingClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }

    private sealed class RecordingStream : MemoryStream
    {
        private readonly Lock _lock = new();

        public string Text
        {
            get
            {
                lock (_lock)
                    return Encoding.UTF8.GetString(ToArray());
            }
        }

        public override void Write(byte[] buffer, int offset, int count)
        {
            lock (_lock)
                base.Write(buffer, offset, count);
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            lock (_lock)
                base.Write(buffer);
        }

        // The invocation disposes of its writer; what was written is asked for afterwards.
        protected override void Dispose(bool disposing) { }
    }
}
