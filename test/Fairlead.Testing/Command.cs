using System.Diagnostics;
using System.Text;

namespace Fairlead.Testing;

/// <summary>Runs a program to its end, with its output captured.</summary>
public static class Command
{
    /// <summary>A command that takes longer is killed, and the test fails.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(60);

    // What a daemon that was started by the command still holds open is not waited for.
    private static readonly TimeSpan OutputGrace = TimeSpan.FromMilliseconds(300);

    /// <summary>Runs a program.</summary>
    /// <param name="argv">The program and its arguments; no shell is involved.</param>
    /// <param name="input">Its standard input; empty if null.</param>
    /// <param name="timeout"><see cref="DefaultTimeout"/> if null.</param>
    public static async Task<CommandResult> RunAsync(
        IReadOnlyList<string> argv,
        string? input = null,
        TimeSpan? timeout = null
    )
    {
        using Process process = Start(argv);
        StringBuilder output = new();
        StringBuilder error = new();
        Task reading = Task.WhenAll(CopyAsync(process.StandardOutput, output), CopyAsync(process.StandardError, error));
        await WriteAsync(process.StandardInput, input);

        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(
            TestContext.Current.CancellationToken
        );
        limit.CancelAfter(timeout ?? DefaultTimeout);
        string commandLine = string.Join(' ', argv);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            Assert.Fail($"{commandLine}: took more than {timeout ?? DefaultTimeout}\n{Text(output)}\n{Text(error)}");
        }
        await Task.WhenAny(reading, Task.Delay(OutputGrace, CancellationToken.None));
        return new CommandResult(commandLine, process.ExitCode, Text(output), Text(error));
    }

    internal static Process Start(IReadOnlyList<string> argv)
    {
        ProcessStartInfo start = new(argv[0], argv.Skip(1))
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }

    private static async Task WriteAsync(StreamWriter writer, string? input)
    {
        try
        {
            await writer.WriteAsync(input);
            writer.Close();
        }
        catch (IOException)
        {
            // It ended without reading; its exit status says why.
        }
    }

    private static async Task CopyAsync(StreamReader reader, StringBuilder text)
    {
        char[] buffer = new char[4096];
        try
        {
            int length;
            while ((length = await reader.ReadAsync(buffer.AsMemory(), CancellationToken.None)) > 0)
            {
                lock (text)
                    text.Append(buffer, 0, length);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The process was disposed of while a daemon still held the pipe.
        }
    }

    private static string Text(StringBuilder text)
    {
        lock (text)
            return text.ToString();
    }
}
