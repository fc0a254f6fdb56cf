namespace Fairlead.Cni.Execution;

/// <summary>What to run and within which bounds.</summary>
internal sealed record ChildProcessStart
{
    public required string Path { get; init; }

    /// <summary>The whole environment of the child; nothing is inherited.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; }

    public ReadOnlyMemory<byte> StandardInput { get; init; }

    public required TimeSpan TimeLimit { get; init; }

    public ChildGroup Group { get; init; }

    /// <summary>More than this on stdout ends the child: half a JSON text is of no use.</summary>
    public int MaxOutputBytes { get; init; } = 4 << 20;

    /// <summary>What is kept of stderr; the rest is read and dropped, since a chatty plugin is not a failed one.</summary>
    public int MaxErrorBytes { get; init; } = 64 << 10;
}

/// <summary>The process group of a child.</summary>
internal enum ChildGroup
{
    /// <summary>One of its own; ending the child ends the whole group.</summary>
    Own,

    /// <summary>Ours: a plugin's delegate must die with the plugin when the runtime kills the plugin's group.</summary>
    Inherited,
}

/// <summary>How the run ended.</summary>
internal enum ChildEnd
{
    Exited,
    TimedOut,
    Cancelled,
    TooMuchOutput,
}

/// <summary>
/// The outcome of a run. Neither exit code nor signal is known when somebody else reaped the child (.NET itself does
/// when it runs as PID 1, and the kernel when SIGCHLD is ignored).
/// </summary>
internal sealed record ChildOutcome(
    ChildEnd End,
    int? ExitCode,
    int? Signal,
    ReadOnlyMemory<byte> Output,
    ReadOnlyMemory<byte> Error
);

/// <summary>The child could not be started.</summary>
internal sealed class ChildStartException(int errno, string message) : Exception(message)
{
    public int Errno { get; } = errno;
}

/// <summary>
/// Runs a child to its end: fed, drained and bounded.
/// </summary>
/// <remarks>
/// How this works: posix_spawn puts the child into a process group of its own, with default signals and no descriptor but
/// 0, 1 and 2. A thread of our own per run (posix_spawn blocks until the exec, and a thread pool that waits is a thread
/// pool that starves) polls the three pipes, the child's pidfd and an eventfd for cancellation. The time limit kills the whole
/// group. When the child is gone but a descendant still holds stdout, what the child itself wrote is already in the pipe:
/// it is read, and after a short grace the run ends. System.Diagnostics.Process can do none of group, signals, descriptors.
/// </remarks>
internal static class ChildProcess
{
    private static readonly ReusedThreads s_threads = new(idle: TimeSpan.FromSeconds(5));

    /// <summary>Runs the child. Cancellation kills the group, waits for it and shows in the outcome; it does not throw.</summary>
    /// <exception cref="ChildStartException">It could not be started.</exception>
    public static Task<ChildOutcome> RunAsync(ChildProcessStart start, CancellationToken cancellationToken)
    {
        TaskCompletionSource<ChildOutcome> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
        s_threads.Run(() => Run(start, completion, cancellationToken));
        return completion.Task;
    }

    private static void Run(
        ChildProcessStart start,
        TaskCompletionSource<ChildOutcome> completion,
        CancellationToken cancellationToken
    )
    {
        try
        {
            using ChildProcessRun run = new(start, cancellationToken);
            run.Execute(completion);
        }
        catch (Exception e)
        {
            // The border of the thread: whatever it is, the caller awaits it.
            completion.TrySetException(e);
        }
    }
}
