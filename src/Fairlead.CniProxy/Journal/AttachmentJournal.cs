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
            record => KeyOf(record.SandboxId, record.Key),
            record =>
                record.Version == JournalRecord.CurrentVersion
                    ? null
                    : $"version {record.Version} is not {JournalRecord.CurrentVersion}"
        );
        foreach (SetAsideFile file in records.SetAside)
            LogSetAside(logger, file.Path, file.NewPath, file.Reason);
        return new AttachmentJournal(records);
    }

    /// <summary>All records, oldest first.</summary>
    public IReadOnlyList<JournalRecord> List() =>
        [.. _records.List().OrderBy(r => r.CreatedAt).ThenBy(r => r.Key, StringComparer.Ordinal)];

    public JournalRecord? Find(string sandboxId, string key) => _records.Find(KeyOf(sandboxId, key));

    public Task SaveAsync(JournalRecord record) => _records.SaveAsync(record);

    public void Remove(JournalRecord record) => _records.Remove(KeyOf(record.SandboxId, record.Key));

    private static string KeyOf(string sandboxId, string key) => $"{sandboxId}\n{key}";

    [LoggerMessage(
        EventId = 10,
        Level = LogLevel.Error,
        Message = "journal: {Path} is no record of ours and was set aside as {Aside}: {Reason}"
    )]
    private static partial void LogSetAside(ILogger logger, string path, string aside, string reason);
}
