using System.Globalization;
using Fairlead.CniProxy.Journal;
using Fairlead.Netlink;
using Microsoft.Extensions.Logging;

namespace Fairlead.CniProxy.Pods;

/// <summary>
/// Keeps the network namespace of every pod that has an attachment on record, by a mount of our own. When the pod dies, DEL
/// still finds the interface with its addresses, and undoes what it cannot find without: bridge and ptp (1.1.1) look
/// for their masquerading rules by the addresses on the link. The namespace goes with the last attachment in it.
/// </summary>
internal sealed partial class HeldNamespaces(
    CniProxyOptions options,
    AttachmentJournal journal,
    ILogger<HeldNamespaces> logger
) : IDisposable
{
    // Whether a namespace is still needed is decided by the journal; who holds and who lets go must not overlap.
    private readonly SemaphoreSlim _turn = new(1);
    private readonly HashSet<string> _going = new(StringComparer.Ordinal);

    /// <summary>Holds the record's namespace. The record is in the journal already, so that nobody lets go of it meanwhile.</summary>
    public async Task HoldAsync(JournalRecord record)
    {
        await _turn.WaitAsync();
        try
        {
            string place = PlaceOf(record.NetnsIdentity);
            if (NetnsSeen.At(place)?.IsOf(record) == true)
                return;
            using NetworkNamespace netns = NetworkNamespace.Open(record.NetnsPath);
            if (NetnsSeen.Of(netns).IsOf(record))
                netns.MountAt(place);
        }
        catch (Exception e) when (e is NetlinkException or IOException or UnauthorizedAccessException)
        {
            // The attachment is no worse off than with any runtime: DEL may have to do without a namespace.
            LogNotHeld(logger, record.DisplayName, e.Message);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>
    /// Where the record's namespace is found: in our place, which does not vanish between two plugins, else in the
    /// runtime's; null when it is gone. Another namespace in the runtime's place is somebody else's.
    /// </summary>
    public string? Find(JournalRecord record)
    {
        if (record.BootId is not null && record.BootId != BootId.Current)
            return null; // the numbers of another boot mean nothing
        return ((string[])[PlaceOf(record.NetnsIdentity), record.NetnsPath]).FirstOrDefault(path =>
            NetnsSeen.At(path)?.IsOf(record) == true
        );
    }

    /// <summary>Lets go of the record's namespace if no other attachment is in it, and then forgets the record.</summary>
    /// <exception cref="NetlinkException">EPERM.</exception>
    public async Task ForgetAsync(JournalRecord record)
    {
        await _turn.WaitAsync();
        try
        {
            // Of two that are forgotten at once, neither counts as one that stays.
            _going.Add(record.LockKey);
            if (!journal.SharesNetns(record, _going))
                NetworkNamespace.Delete(PlaceOf(record.NetnsIdentity));
        }
        finally
        {
            _turn.Release();
        }

        try
        {
            // Not in the turn: this waits for the disk, and others would wait with it.
            await PausePoint.ReachAsync("delete-let-go");
            journal.Remove(record);
        }
        finally
        {
            await _turn.WaitAsync();
            _going.Remove(record.LockKey);
            _turn.Release();
        }
    }

    /// <summary>At the start: lets go of namespaces without an attachment on record, as when the journal was removed.</summary>
    public void Sweep()
    {
        // There from the start: what attachments come and go by, leaves nothing that was not there before.
        Directory.CreateDirectory(options.HeldNamespacesDirectory);
        HashSet<string> needed = [.. journal.List().Select(r => PlaceOf(r.NetnsIdentity))];
        foreach (
            string place in Directory.EnumerateFiles(options.HeldNamespacesDirectory).Where(p => !needed.Contains(p))
        )
            NetworkNamespace.Delete(place);
    }

    public void Dispose() => _turn.Dispose();

    private string PlaceOf(NetworkNamespaceId netns) =>
        Path.Combine(
            options.HeldNamespacesDirectory,
            string.Create(CultureInfo.InvariantCulture, $"{netns.Device}-{netns.Inode}")
        );

    [LoggerMessage(
        EventId = 60,
        Level = LogLevel.Warning,
        Message = "{Attachment}: its network namespace cannot be held, and is lost to DEL when the pod dies: {Reason}"
    )]
    private static partial void LogNotHeld(ILogger logger, string attachment, string reason);
}
