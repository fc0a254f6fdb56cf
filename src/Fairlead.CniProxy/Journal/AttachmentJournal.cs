using Fairlead.Storage;
using Microsoft.Extensions.Logging;

namespace Fairlead.CniProxy.Journal;

/// <summary>The proxy's memory: a record per attachment, written before the effect that it announces and removed after the last one.</summary>
internal sealed partial class AttachmentJournal
{
    private readonly RecordDirectory<JournalRecord> _records;

    private AttachmentJournal(RecordDirectory<JournalRecord> records) => _records = records;

    public static AttachmentJournal Open(string directory, ILogger logger)
    {
        RecordDirectory<JournalRecord> records = RecordDirectory<JournalRecord>.Open(
            directory,
            JournalJson.Default.JournalRecord,
            record => record.LockKey,
            record =>
                record.Version is >= JournalRecord.OldestVersion and <= JournalRecord.CurrentVersion
                    ? null
                    : $"version {record.Version} is not between {JournalRecord.OldestVersion} and {JournalRecord.CurrentVersion}"
        );
        foreach (SetAsideFile file in records.SetAside)
            LogSetAside(logger, file.Path, file.NewPath, file.Reason);
        return new AttachmentJournal(records);
    }

    /// <summary>Files that are no records of ours; each may stand for an attachment that nobody will release.</summary>
    public IReadOnlyList<SetAsideFile> SetAside => _records.SetAside;

    /// <summary>All records, oldest first.</summary>
    public IReadOnlyList<JournalRecord> List() =>
        [.. _records.List().OrderBy(r => r.CreatedAt).ThenBy(r => r.Key, StringComparer.Ordinal)];

    /// <summary>Whether an attachment is in the same network namespace that is not going.</summary>
    /// <param name="record">One that is there.</param>
    /// <param name="going">The <see cref="JournalRecord.LockKey"/>s of those that do not count.</param>
    public bool SharesNetns(JournalRecord record, IReadOnlySet<string> going) =>
        _records.List().Any(r => r.NetnsIdentity == record.NetnsIdentity && !going.Contains(r.LockKey));

    public JournalRecord? Find(string sandboxId, string key) => _records.Find(JournalRecord.LockKeyOf(sandboxId, key));

    /// <summary>Writes the record, in the current version's format; returns once it would survive a power loss.</summary>
    public Task SaveAsync(JournalRecord record) =>
        _records.SaveAsync(record with { Version = JournalRecord.CurrentVersion });

    public void Remove(JournalRecord record) => _records.Remove(record.LockKey);

    [LoggerMessage(
        EventId = 10,
        Level = LogLevel.Error,
        Message = "journal: {Path} is no record of ours and was set aside as {Aside}: {Reason}"
    )]
    private static partial void LogSetAside(ILogger logger, string path, string aside, string reason);
}
