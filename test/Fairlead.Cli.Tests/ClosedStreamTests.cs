using System.Diagnostics;

namespace Fairlead.Cli.Tests;

/// <summary>The program started by a parent that has closed a standard stream, as some init scripts and cron jobs do.</summary>
public class ClosedStreamTests
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "fairlead");

    [Fact]
    public async Task ApplyFromClosedInput_SaysSo_AndDoesNotHang()
    {
        (int exitCode, string _, string error) = await RunAsync("exec \"$0\" apply -f - --dry-run=client <&-");

        Assert.Equal(1, exitCode);
        Assert.Contains("standard input is closed", error);
    }

    [Fact]
    public async Task ClosedOutput_IsAnError()
    {
        (int exitCode, string _, string error) = await RunAsync("exec \"$0\" version --client >&-");

        Assert.Equal(1, exitCode);
        Assert.Contains("standard output is closed", error);
    }

    [Fact]
    public async Task ClosedError_ChangesNothingElse()
    {
        (int exitCode, string output, string _) = await RunAsync("exec \"$0\" version --client 2>&-");

        Assert.Equal(0, exitCode);
        Assert.StartsWith("Client Version: ", output);
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(string script)
    {
        ProcessStartInfo start = new("sh", ["-c", script, Program])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using Process process = Process.Start(start)!;
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(
            TestContext.Current.CancellationToken
        );
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
            string error = await process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await output, error);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }
}
