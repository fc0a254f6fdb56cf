using Fairlead.CniProxy.Journal;
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

    [Fact]
    public async Task RecordOfAnotherVersion_IsSetAside()
    {
        await Open().SaveAsync(Sample.Record() with { Version = 2 });

        Assert.Empty(Open().List());
        Assert.EndsWith(".unreadable", Directory.GetFiles(_directory.Path).Single(), StringComparison.Ordinal);
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

    private AttachmentJournal Open() => AttachmentJournal.Open(_directory.Path, NullLogger.Instance);
}
