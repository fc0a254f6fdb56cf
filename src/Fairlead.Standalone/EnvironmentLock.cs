namespace Fairlead.Standalone;

/// <summary>Keeps two commands from working on one environment at the same time. It goes with the process that holds it.</summary>
internal sealed class EnvironmentLock : IDisposable
{
    private readonly FileStream _stream;

    private EnvironmentLock(FileStream stream) => _stream = stream;

    /// <summary>Waits for the lock.</summary>
    /// <param name="path">The lock file; its directory exists.</param>
    /// <param name="timeout">How long to wait.</param>
    /// <param name="onWait">Called once if somebody else has it.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <exception cref="EnvironmentException">Somebody else still has it.</exception>
    public static async Task<EnvironmentLock> TakeAsync(
        string path,
        TimeSpan timeout,
        Action onWait,
        CancellationToken cancellationToken
    )
    {
        long deadline = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        bool isWaiting = false;
        while (true)
        {
            if (TryTake(path) is { } taken)
                return taken;
            if (!isWaiting)
                onWait();
            isWaiting = true;
            if (Environment.TickCount64 >= deadline)
                throw new EnvironmentException($"another fairlead up or down is still at work ({path})");
            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
        }
    }

    public void Dispose() => _stream.Dispose();

    // FileShare.None is flock(LOCK_EX | LOCK_NB) on Unix; the kernel lets go of it with the process.
    private static EnvironmentLock? TryTake(string path)
    {
        FileStream stream;
        try
        {
            stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException))
        {
            return null;
        }
        // `down --purge` removes the file that it has locked: a lock on that file would keep nobody out.
        if (File.Exists(path))
            return new EnvironmentLock(stream);
        stream.Dispose();
        return null;
    }
}
