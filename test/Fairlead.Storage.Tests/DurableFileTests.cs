namespace Fairlead.Storage.Tests;

public sealed class DurableFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("fl-durable-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private string Of(string name) => Path.Combine(_directory, name);

    [Fact]
    public async Task Delete_AfterAWriteThatWasCutOff_LeavesNothingOfTheFile()
    {
        await DurableFile.WriteAsync(Of("record.json"), new byte[] { 1 });
        File.WriteAllText(Of($"record.json.0{DurableFile.TemporarySuffix}"), "cut off");
        File.WriteAllText(Of($"other.json.0{DurableFile.TemporarySuffix}"), "another file's");

        DurableFile.Delete(Of("record.json"));

        Assert.Equal([Of($"other.json.0{DurableFile.TemporarySuffix}")], Directory.GetFiles(_directory));
    }

    [Fact]
    public void Delete_OfAFileWhoseFirstWriteWasCutOff_LeavesNothing()
    {
        File.WriteAllText(Of($"record.json.0{DurableFile.TemporarySuffix}"), "cut off");

        DurableFile.Delete(Of("record.json"));

        Assert.Empty(Directory.GetFiles(_directory));
    }

    [Fact]
    public void Delete_InADirectoryThatIsGone_IsSuccess() => DurableFile.Delete(Of("gone/record.json"));
}
