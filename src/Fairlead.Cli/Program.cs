using System.Runtime.InteropServices;
using Fairlead.Cli.CommandLine;

namespace Fairlead.Cli;

internal static partial class Program
{
    private const int SigChld = 17;
    private const int SigPipe = 13;

    private static async Task<int> Main(string[] args)
    {
        // A parent that left SIGCHLD ignored (nohup, some init scripts) would make every wait for a child process hang:
        // the kernel reaps the child itself then (sigaction(2), NOTES).
        _ = Signal(SigChld, 0);

        using SignalCancellation signals = new();
        using CliInvocation invocation = CliInvocation.ForProcess(signals.Token);
        try
        {
            return await CliApplication.RunAsync(args, invocation, signals.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (signals.Token.IsCancellationRequested)
        {
            return signals.ExitCode;
        }
        catch (BrokenPipeException)
        {
            // As a program that SIGPIPE ends: the reader has gone, there is nobody to tell.
            return ExitCodes.Signalled + SigPipe;
        }
#pragma warning disable CA1031 // The border: everything that nobody expected ends here, once, with its stack.
        catch (Exception e)
#pragma warning restore CA1031
        {
            invocation.WriteError($"unexpected failure, please report it: {e}");
            return ExitCodes.Failed;
        }
    }

    /// <summary>signal(2): the disposition 0 is SIG_DFL.</summary>
    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint Signal(int signal, nint handler);
}
