using System.Diagnostics;
using Fairlead.Hosting;

namespace Fairlead.CniProxy.Journal;

/// <summary>
/// One proxy at a time works with a journal. At an upgrade the new one waits until the old one has finished what it was
/// doing: an intent of the old one's is a cut-off ADD only when nobody works on it any more.
/// </summary>
internal static class JournalLock
{
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(20);

    // A proxy that has been told to stop goes on listening for a moment.
    private static readonly TimeSpan s_patienceWithListener = TimeSpan.FromSeconds(3);

    /// <summary>Takes the lock; it lasts until the result is disposed of or this process ends.</summary>
    /// <exception cref="IOException">Another proxy has it and does not end.</exception>
    public static async Task<IDisposable> TakeAsync(CniProxyOptions options, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(options.StateDirectory);
        string path = Path.Combine(options.StateDirectory, "lock");
        long begin = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                // FileShare.None is flock(LOCK_EX | LOCK_NB).
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e)
            {
                TimeSpan waited = Stopwatch.GetElapsedTime(begin);
                if (
                    waited > s_patienceWithListener
                    && options.SocketPaths.FirstOrDefault(UnixSocketListener.IsListenedTo) is { } taken
                )
                    throw new IOException($"{taken}: another process listens there already", e);
                if (waited > options.DrainTimeout + s_patienceWithListener)
                    throw new IOException($"{path}: another CNI proxy works with this journal and does not end", e);
            }

            await Task.Delay(s_poll, cancellationToken);
        }
    }
}
