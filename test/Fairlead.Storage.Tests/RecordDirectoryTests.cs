using System.Text.Json.Serialization;

namespace Fairlead.Storage.Tests;

internal sealed record Entry(string Key, int Value);

[JsonSourceGenerationOptions(RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Entry))]
internal sealed partial class EntryJson : JsonSerializerContext;

public sealed class RecordDirectoryTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("fl-records-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private RecordDirectory<Entry> Open() =>
        RecordDirectory<Entry>.Open(
            _directory,
            EntryJson.Default.Entry,
            entry => entry.Key,
            entry => entry.Value < 0 ? "negative" : null
        );

    [Fact]
    public async Task SavedRecord_IsThereAfterReopening()
    {
        await Open().SaveAsync(new Entry("../../etc/passwd", 1));
        await Open().SaveAsync(new Entry("../../etc/passwd", 2));

        RecordDirectory<Entry> reopened = Open();

        Assert.Equal(new Entry("../../etc/passwd", 2), Assert.Single(reopened.List()));
        Assert.Single(Directory.GetFiles(_directory));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite,
            File.GetUnixFileMode(Directory.GetFiles(_directory)[0])
        );
    }

    [Fact]
    public async Task RemovedRecord_LeavesNoFile()
    {
        RecordDirectory<Entry> records = Open();
        await records.SaveAsync(new Entry("a", 1));

        records.Remove("a");
        records.Remove("a");

        Assert.Null(records.Find("a"));
        Assert.Empty(Directory.GetFileSystemEntries(_directory));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"Key\":\"a\",\"Val")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"Key\":\"a\",\"Value\":-1}")]
    [InlineData("{\"Key\":\"another file's\",\"Value\":1}")]
    public async Task UnreadableFile_IsSetAsideAndTheOthersAreRead(string content)
    {
        await Open().SaveAsync(new Entry("good", 1));
        string torn = Path.Combine(_directory, "torn.json");
        await File.WriteAllTextAsync(torn, content, TestContext.Current.CancellationToken);

        RecordDirectory<Entry> records = Open();

        Assert.Equal(new Entry("good", 1), Assert.Single(records.List()));
        Assert.Equal(torn, Assert.Single(records.SetAside).Path);
        Assert.True(File.Exists(torn + ".unreadable"));
        Assert.Equal(torn + ".unreadable", Assert.Single(Open().SetAside).NewPath); // as long as it is there
    }

    [Fact]
    public async Task CutOffWrite_IsSweptOnOpening()
    {
        await File.WriteAllTextAsync(
            Path.Combine(_directory, "x.json.1.tmp"),
            "{",
            TestContext.Current.CancellationToken
        );

        Assert.Empty(Open().List());
        Assert.Empty(Directory.GetFileSystemEntries(_directory));
    }

    [Fact]
    public async Task WriteIntoAMissingDirectory_LeavesTheOldFileAlone()
    {
        string path = Path.Combine(_directory, "file");
        await DurableFile.WriteAsync(path, "old"u8.ToArray());
        await Assert.ThrowsAnyAsync<IOException>(() =>
            DurableFile.WriteAsync(Path.Combine(_directory, "no", "file"), "new"u8.ToArray())
        );
        Assert.Equal("old", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
    }
}
