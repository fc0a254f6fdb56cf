using Fairlead.CniProxy.Journal;
using Fairlead.Netlink;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fairlead.CniProxy.Tests.Journal;

public sealed class AttachmentJournalTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Record_IsReadBackByteForByte()
    {
        JournalRecord record = Sample.Record(result: Sample.BridgeResult) with
        {
            Mac = "00:11:22:33:44:55",
            Message = "m",
            BootId = "b",
            FailedReleases = 3,
            NextTryAt = DateTimeOffset.UnixEpoch,
        };
        await Open().SaveAsync(record);

        JournalRecord read = Open().Find("sandbox-1", "uid/net0")!;

        Assert.Equal(record.Configuration, read.Configuration);
        Assert.Equal(record.Result, read.Result);
        Assert.Equal(record with { Configuration = read.Configuration, Result = read.Result }, read);
    }

    [Fact]
    public async Task Records_AreToldApartBySandboxAndKey()
    {
        AttachmentJournal journal = Open();
        await journal.SaveAsync(Sample.Record("a"));
        await journal.SaveAsync(Sample.Record("a") with { SandboxId = "sandbox-2" });
        await journal.SaveAsync(Sample.Record("b"));

        journal.Remove(Sample.Record("a"));

        Assert.Null(Open().Find("sandbox-1", "a"));
        Assert.NotNull(Open().Find("sandbox-2", "a"));
        Assert.NotNull(Open().Find("sandbox-1", "b"));
    }

    [Fact]
    public async Task List_IsOldestFirst()
    {
        AttachmentJournal journal = Open();
        await journal.SaveAsync(Sample.Record("a") with { CreatedAt = DateTimeOffset.UnixEpoch.AddDays(2) });
        await journal.SaveAsync(Sample.Record("b") with { CreatedAt = DateTimeOffset.UnixEpoch.AddDays(1) });

        Assert.Equal(["b", "a"], Open().List().Select(r => r.Key));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"version\": 1}")]
    [InlineData("\0\0\0\0")]
    public async Task TornFile_IsSetAsideAndTheRestIsRead(string text)
    {
        AttachmentJournal journal = Open();
        await journal.SaveAsync(Sample.Record("torn"));
        string file = Directory.GetFiles(_directory.Path).Single();
        await journal.SaveAsync(Sample.Record("whole"));
        await File.WriteAllTextAsync(file, text, Cancellation);

        Assert.Equal(["whole"], Open().List().Select(r => r.Key));
        Assert.True(File.Exists(file + ".unreadable"));
    }

    [Theory]
    [InlineData("3")]
    [InlineData("0")]
    public async Task RecordOfAnotherVersion_IsSetAsideAndReportedUntilItIsGone(string version)
    {
        await Open().SaveAsync(Sample.Record());
        string file = Directory.GetFiles(_directory.Path).Single();
        await RewriteAsync(file, "\"version\": 2", $"\"version\": {version}");

        AttachmentJournal first = Open();
        AttachmentJournal second = Open();

        Assert.Empty(first.List());
        Assert.Contains($"version {version} is not", Assert.Single(first.SetAside).Reason, StringComparison.Ordinal);
        Assert.Equal(file + ".unreadable", Assert.Single(second.SetAside).NewPath);
        Assert.Contains(file, Assert.Single(Warnings.Of(second)), StringComparison.Ordinal);
        File.Delete(file + ".unreadable");
        Assert.Empty(Open().SetAside);
    }

    // As version 1 wrote it: without a boot ID, and the identity in .NET's words.
    [Fact]
    public async Task RecordOfVersion1_IsReadAndWrittenAnew()
    {
        await Open().SaveAsync(Sample.Record());
        string file = Directory.GetFiles(_directory.Path).Single();
        await RewriteAsync(file, "\"version\": 2", "\"version\": 1");
        await RewriteAsync(file, "4:4026532840", "NetworkNamespaceId { Device = 4, Inode = 4026532840 }");

        AttachmentJournal journal = Open();
        JournalRecord read = Assert.Single(journal.List());
        await journal.SaveAsync(read);

        Assert.Equal(new NetworkNamespaceId(4, 4026532840), read.NetnsIdentity);
        Assert.Null(read.BootId);
        string text = await File.ReadAllTextAsync(file, Cancellation);
        Assert.Contains("\"netnsIdentity\": \"4:4026532840\"", text, StringComparison.Ordinal);
        Assert.Contains("\"version\": 2", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RecordInAnothersPlace_IsSetAside()
    {
        await Open().SaveAsync(Sample.Record());
        string file = Directory.GetFiles(_directory.Path).Single();
        File.Copy(file, _directory.Of("foreign.json"));

        AttachmentJournal journal = Open();

        Assert.Single(journal.List());
        Assert.EndsWith("foreign.json.unreadable", journal.SetAside.Single().NewPath, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SharesNetns_AsksForOthersInTheSameNamespace()
    {
        AttachmentJournal journal = Open();
        JournalRecord first = Sample.Record("a");
        await journal.SaveAsync(first);
        HashSet<string> going = [first.LockKey];
        Assert.False(journal.SharesNetns(first, going));

        await journal.SaveAsync(Sample.Record("b"));

        Assert.True(journal.SharesNetns(first, going));
        going.Add(Sample.Record("b").LockKey);
        Assert.False(journal.SharesNetns(first, going));
    }

    [Fact]
    public async Task Files_AreForTheirOwnerOnly()
    {
        await Open().SaveAsync(Sample.Record());

        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite,
            File.GetUnixFileMode(Directory.GetFiles(_directory.Path).Single())
        );
    }

    private static async Task RewriteAsync(string file, string from, string to)
    {
        string text = await File.ReadAllTextAsync(file, Cancellation);
        Assert.Contains(from, text, StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, text.Replace(from, to, StringComparison.Ordinal), Cancellation);
    }

    private AttachmentJournal Open() => AttachmentJournal.Open(_directory.Path, NullLogger.Instance);
}
