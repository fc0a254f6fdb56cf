using Fairlead.Cni.Cache;

namespace Fairlead.Cni;

/// <summary>
/// The record of successful ADDs in libcni's format and under its file names (<c>results/NETWORK-CONTAINER-IFNAME</c>), but
/// written atomically and durably.
/// </summary>
/// <remarks>
/// libcni's own cache is <c>/var/lib/cni</c>. Share that only on purpose: another runtime's clean-up may act on what it
/// finds there. Names may contain '-', so that two attachments can have the same file name; an entry that is another
/// attachment's is never returned for this one, nor overwritten.
/// </remarks>
/// <param name="directory">The directory above <c>results</c>; made (mode 0700) when the first entry is written.</param>
public sealed class CniCache(string directory)
{
    private readonly string _results = Path.Combine(directory, "results");

    /// <summary>The directory.</summary>
    public string DirectoryPath { get; } = directory;

    /// <summary>The entry of an attachment; null if there is none.</summary>
    /// <exception cref="CniException">A name is not allowed.</exception>
    /// <exception cref="CniFormatException">The entry is malformed or another attachment's.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public CachedAttachment? Read(string network, CniAttachmentId id)
    {
        string path = PathOf(network, id);
        byte[] json;
        try
        {
            json = RegularFile.Read(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        CachedAttachment? entry = CachedAttachment.Parse(json, path);
        if (entry is null)
        {
            // Before cniCacheV1 libcni wrote the bare result.
            CniAttachment attachment = new() { ContainerId = id.ContainerId, InterfaceName = id.InterfaceName };
            CniResult result = CniResult.Parse(json.AsMemory(), default, path);
            return new(network, attachment, ReadOnlyMemory<byte>.Empty, result);
        }
        if (entry.Attachment.Id != id || !string.Equals(entry.NetworkName, network, StringComparison.Ordinal))
        {
            CniAttachmentId other = entry.Attachment.Id;
            string owner = $"{entry.NetworkName}, {other.ContainerId}, {other.InterfaceName}";
            throw new CniFormatException($"is the entry of another attachment ({owner})", path, null, null, null);
        }
        return entry;
    }

    /// <summary>All readable entries, in no order; files that are none are passed over.</summary>
    /// <param name="containerId">Only those of this container; null for all.</param>
    /// <exception cref="IOException">The directory cannot be read. (That it does not exist means: no entries.)</exception>
    /// <exception cref="UnauthorizedAccessException">Permission denied.</exception>
    public IReadOnlyList<CachedAttachment> List(string? containerId = null)
    {
        List<CachedAttachment> entries = [];
        foreach (string path in Files())
        {
            try
            {
                if (
                    CachedAttachment.Parse(RegularFile.Read(path), path) is { } entry
                    && (
                        containerId is null
                        || string.Equals(entry.Attachment.ContainerId, containerId, StringComparison.Ordinal)
                    )
                )
                    entries.Add(entry);
            }
            catch (Exception e) when (e is CniFormatException or IOException or UnauthorizedAccessException)
            {
                // Not an entry, or just gone.
            }
        }
        return entries;
    }

    // Directory.Exists says no as well of a file, and where we may not look: a cache that cannot be read is not an empty one.
    private string[] Files()
    {
        try
        {
            // A dot in front: what a cut-off write left.
            return Array.FindAll(Directory.GetFiles(_results), static path => Path.GetFileName(path)[0] != '.');
        }
        catch (DirectoryNotFoundException) when (!File.Exists(DirectoryPath) && !File.Exists(_results))
        {
            return [];
        }
    }

    /// <summary>Whether the file of this attachment belongs to another one.</summary>
    internal bool IsTakenByAnother(string network, CniAttachmentId id)
    {
        string path = PathOf(network, id);
        try
        {
            return File.Exists(path)
                && CachedAttachment.Parse(RegularFile.Read(path), path) is { } entry
                && (entry.Attachment.Id != id || !string.Equals(entry.NetworkName, network, StringComparison.Ordinal));
        }
        catch (Exception e) when (e is CniFormatException or IOException or UnauthorizedAccessException)
        {
            return false; // a broken entry is overwritten
        }
    }

    internal async Task WriteAsync(CachedAttachment entry, CancellationToken cancellationToken)
    {
        AtomicFile.CreateDirectory(_results);
        string path = PathOf(entry.NetworkName, entry.Attachment.Id);
        await AtomicFile.WriteAsync(path, entry.ToJson(), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes the entry; that there is none is success.</summary>
    internal void Remove(string network, CniAttachmentId id)
    {
        string path = PathOf(network, id);
        if (!File.Exists(path))
            return;
        File.Delete(path);
        AtomicFile.SyncDirectory(_results);
    }

    private string PathOf(string network, CniAttachmentId id)
    {
        // The names become part of a path: checked here too, whoever called.
        Execution.RequestChecks.CheckNetwork(CniVerb.Check, network);
        Execution.RequestChecks.CheckId(CniVerb.Check, network, id);
        return Path.Combine(_results, $"{network}-{id.ContainerId}-{id.InterfaceName}");
    }
}
