using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Fairlead.Cni;

public sealed partial class NetworkConfigurationDirectory
{
    private static readonly TimeSpan s_recheck = TimeSpan.FromSeconds(10);

    // A file is written in several steps; one look after the last is enough.
    private static readonly TimeSpan s_settle = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Looks at the directory now and whenever it changes, and returns each look that differs from the one before.
    /// </summary>
    /// <remarks>
    /// Changes are noticed by inotify; besides, the directory is looked at every 10 s, which also finds a directory that was
    /// made, replaced or remounted. Nothing else of the library waits for this.
    /// </remarks>
    /// <param name="cancellationToken">Ends the watch.</param>
    /// <exception cref="OperationCanceledException">The watch was ended.</exception>
    public async IAsyncEnumerable<ConfigurationScan> WatchAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        Channel<bool> changes = Channel.CreateBounded<bool>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
        );
        ConfigurationScan? last = null;
        while (true)
        {
            // Made anew each time: one whose directory was replaced would wait for ever.
            using FileSystemWatcher? watcher = TryWatch(changes.Writer);
            bool changed;
            do
            {
                ConfigurationScan scan = Load();
                if (last is null || !scan.HasSameContent(last))
                    yield return last = scan;
                changed = await WaitAsync(changes.Reader, cancellationToken).ConfigureAwait(false);
            } while (changed);
        }
    }

    /// <summary>Waits for a change; false if there was none for a while.</summary>
    private static async Task<bool> WaitAsync(ChannelReader<bool> changes, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_recheck);
        try
        {
            await changes.ReadAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
        await Task.Delay(s_settle, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private FileSystemWatcher? TryWatch(ChannelWriter<bool> changes)
    {
        if (!Directory.Exists(DirectoryPath))
            return null;
        FileSystemWatcher? watcher = null;
        try
        {
            watcher = new FileSystemWatcher(DirectoryPath) { IncludeSubdirectories = true };
            watcher.Created += (_, _) => changes.TryWrite(item: true);
            watcher.Changed += (_, _) => changes.TryWrite(item: true);
            watcher.Deleted += (_, _) => changes.TryWrite(item: true);
            watcher.Renamed += (_, _) => changes.TryWrite(item: true);
            watcher.Error += (_, _) => changes.TryWrite(item: true);
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            // No inotify instance is left, or the directory has just gone: the periodic look remains.
            watcher?.Dispose();
            return null;
        }
    }
}
