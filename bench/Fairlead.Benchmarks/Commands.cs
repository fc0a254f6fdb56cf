using System.Diagnostics;

namespace Fairlead.Benchmarks;

/// <summary>Programs of the node that prepare a measurement.</summary>
internal static class Commands
{
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static void Run(params string[] argv)
    {
        using Process process = Process.Start(argv[0], argv[1..]);
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{string.Join(' ', argv)}: exit status {process.ExitCode}");
    }
}
