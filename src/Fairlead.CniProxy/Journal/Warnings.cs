namespace Fairlead.CniProxy.Journal;

/// <summary>What of the journal a person should look at.</summary>
internal static class Warnings
{
    public static IEnumerable<string> Of(AttachmentJournal journal) =>
        journal
            .SetAside.Select(file =>
                $"journal: {file.NewPath} is no record of ours ({file.Reason}); what it stood for may not be released: "
                + "find and release that by hand, as docs/journal.md says, and then remove the file"
            )
            .Concat(journal.List().Select(Of).OfType<string>());

    private static string? Of(JournalRecord record) =>
        record switch
        {
            { FailedReleases: > 0 and var failures } =>
                $"{record.DisplayName}: its release has failed {failures} times: {record.Message}",
            { State: JournalState.Attached, Message: { } message } => $"{record.DisplayName}: {message}",
            _ => null,
        };
}
