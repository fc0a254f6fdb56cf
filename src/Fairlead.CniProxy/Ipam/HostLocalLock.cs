namespace Fairlead.CniProxy.Ipam;

/// <summary>host-local's lock of a network: flock(2) on the file "lock" in its directory, as the plugin itself takes it.</summary>
internal static class HostLocalLock
{
    private const int EWOULDBLOCK = 11;

    /// <summary>Takes the lock until the result is disposed of; null when somebody has it now.</summary>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static IDisposable? TryTake(string directory)
    {
        try
        {
            // FileShare.None is flock(LOCK_EX | LOCK_NB).
            return new FileStream(
                Path.Combine(directory, "lock"),
                FileMode.OpenOrCreate,
                FileAccess.ReadWrite,
                FileShare.None
            );
        }
        catch (IOException e) when (e.HResult == EWOULDBLOCK)
        {
            return null;
        }
    }
}
