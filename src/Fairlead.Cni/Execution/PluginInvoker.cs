using System.Text;
using System.Text.Json;
using Fairlead.Cni.Interop;
using Fairlead.Cni.Json;
using Microsoft.Extensions.Logging;

namespace Fairlead.Cni.Execution;

/// <summary>One call of a plugin.</summary>
internal sealed record PluginCall
{
    public required CniVerb Verb { get; init; }

    public required string Type { get; init; }

    public required IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; }

    public required byte[] Input { get; init; }

    public required TimeSpan TimeLimit { get; init; }

    /// <summary>For messages.</summary>
    public CniSubject Subject { get; init; }

    public ChildGroup Group { get; init; }
}

/// <summary>Runs one plugin once and turns its end into its output or a <see cref="CniException"/>.</summary>
internal sealed class PluginInvoker(PluginDirectories directories, ILogger logger)
{
    public PluginDirectories Directories { get; } = directories;

    /// <exception cref="CniException">The plugin failed, or could not be run.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the plugin's process group is gone.</exception>
    public async Task<ReadOnlyMemory<byte>> InvokeAsync(PluginCall call, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ChildProcessStart start = new()
        {
            Path = Directories.Find(call.Verb, call.Type, call.Subject),
            Environment = call.Environment,
            StandardInput = call.Input,
            TimeLimit = call.TimeLimit,
            Group = call.Group,
        };
        ChildOutcome outcome;
        try
        {
            outcome = await ChildProcess.RunAsync(start, cancellationToken).ConfigureAwait(false);
        }
        catch (ChildStartException e)
        {
            // The file is there, it has just been found: of what else the kernel says this, its words do not tell.
            string why = e.Errno == LibC.ENOENT ? "its interpreter or dynamic loader is missing" : e.Message;
            string message = $"cannot run {start.Path}: {why}";
            throw new CniException(
                call.Verb,
                CniFailure.PluginNotStarted,
                CniErrorCode.None,
                message,
                details: null,
                call.Subject,
                e
            );
        }
        if (outcome.End == ChildEnd.Cancelled)
            throw new OperationCanceledException(cancellationToken);
        return Interpret(call.Verb, call.Subject, outcome, call.TimeLimit);
    }

    private ReadOnlyMemory<byte> Interpret(CniVerb verb, CniSubject subject, ChildOutcome outcome, TimeSpan timeLimit)
    {
        string stderr = Text(outcome.Error);
        CniException Failed(CniFailure failure, string message) =>
            new(verb, failure, CniErrorCode.None, message, stderr.Length == 0 ? null : stderr, subject);

        switch (outcome.End)
        {
            case ChildEnd.TimedOut:
                throw Failed(
                    CniFailure.TimedOut,
                    $"did not end within {timeLimit.TotalSeconds:0.###} s and was killed"
                );
            case ChildEnd.TooMuchOutput:
                throw Failed(
                    CniFailure.TooMuchOutput,
                    $"printed more than {outcome.Output.Length} bytes and was killed"
                );
        }
        // Unknown: somebody else reaped it. An error of the specification's form still says that it failed.
        bool unknown = outcome is { ExitCode: null, Signal: null };
        if (outcome.ExitCode != 0 && ReadError(verb, subject, outcome.Output) is { } error)
            throw error;
        if (outcome.ExitCode != 0 && !unknown)
        {
            string status = outcome.Signal is { } signal
                ? $"killed by signal {signal}"
                : $"exit status {outcome.ExitCode}";
            throw outcome.Output.Span.Trim(" \t\r\n"u8).IsEmpty
                ? Failed(CniFailure.NoDiagnostic, $"failed with no error message: {status}")
                : Failed(
                    CniFailure.NoDiagnostic,
                    $"{status}, and what it printed is no CNI error: {Text(outcome.Output)}"
                );
        }
        if (stderr.Length > 0)
            Log.PluginStandardError(logger, verb.ToCommand(), subject.Plugin, stderr);
        return outcome.Output;
    }

    /// <summary>The error object on stdout: <c>code</c>, <c>msg</c>, <c>details</c> (CNI spec section 5).</summary>
    private static CniException? ReadError(CniVerb verb, CniSubject subject, ReadOnlyMemory<byte> output)
    {
        try
        {
            using JsonText text = JsonText.Parse(output, sourcePath: null);
            if (text.Root.Kind != JsonValueKind.Object)
                return null;
            uint code = text.Root.Present("code")?.RequireUInt32() ?? 0;
            string? message = text.Root.OptionalString("msg");
            string? details = text.Root.OptionalString("details");
            if (code == 0 && string.IsNullOrEmpty(message))
                return null;
            if (string.IsNullOrEmpty(message))
                message = "(the plugin gave no message)";
            return new(verb, CniFailure.PluginError, (CniErrorCode)code, message, details, subject);
        }
        catch (CniFormatException)
        {
            return null;
        }
    }

    // For messages: what a plugin prints may be long and binary.
    private static string Text(ReadOnlyMemory<byte> bytes)
    {
        const int MaxShown = 4096;
        string text = Encoding.UTF8.GetString(bytes.Span[..Math.Min(bytes.Length, MaxShown)]).Trim();
        return bytes.Length > MaxShown ? text + " …" : text;
    }
}
