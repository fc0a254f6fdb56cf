namespace Fairlead.CniProxy.Journal;

/// <summary>What of the journal a person should look at.</summary>
internal static class Warnings
{
    public static IEnumerable<string> Of(AttachmentJournal journal) =>
        journal
            .SetAside.Select(file =>
                $"journal: {file.NewPath} is no record of ours ({file.Reason}); what it stood for may not be released"
            )
            .Concat(
                journal
                    .List()
                    .Where(r => r.FailedReleases > 0)
                    .Select(r => $"{r.DisplayName}: its release has failed {r.FailedReleases} times: {r.Message}")
            );
}
