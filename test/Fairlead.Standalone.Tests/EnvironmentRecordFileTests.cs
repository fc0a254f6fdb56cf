using Fairlead.Standalone.Records;

namespace Fairlead.Standalone.Tests;

public sealed class EnvironmentRecordFileTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private EnvironmentRecordFile File => new(_directory.Of("environment.json"));

    internal static EnvironmentRecord Record { get; } =
        new()
        {
            Version = EnvironmentRecord.CurrentVersion,
            BootId = "boot",
            SandboxId = "0123",
            PodUid = "uid",
            ConfigDirectory = "/etc/cni/net.d",
            CreatedDirectories = ["/etc/libvirt"],
            Settings = new EnvironmentSettings
            {
                NodeName = "node",
                CniConfDirectory = "/etc/cni/net.d",
                CniBinDirectories = ["/opt/cni/bin"],
            },
            PodInterface = new PodInterfaceRecord
            {
                Network = "pods",
                ContainerId = "0123",
                NetnsPath = "/run/netns/x",
                Configuration = [0x7b, 0x7d],
                Attached = false,
            },
        };

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task WrittenRecord_IsReadAgain()
    {
        await File.WriteAsync(Record);

        EnvironmentRecord? read = File.Read();

        Assert.NotNull(read);
        Assert.Equal(Record.PodInterface!.Configuration, read.PodInterface!.Configuration);
        Assert.Equal(Record.CreatedDirectories, read.CreatedDirectories);
        Assert.Equal(Record.Settings.CniBinDirectories, read.Settings.CniBinDirectories);
        Assert.Null(read.Settings.Network);
    }

    [Fact]
    public void MissingFile_IsNoRecord() => Assert.Null(File.Read());

    [Fact]
    public async Task TornFile_IsSaidToBeOne()
    {
        await File.WriteAsync(Record);
        string path = _directory.Of("environment.json");
        byte[] whole = await System.IO.File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        for (int length = 0; length < whole.Length - 1; length++)
        {
            await System.IO.File.WriteAllBytesAsync(path, whole[..length], TestContext.Current.CancellationToken);

            Assert.Throws<InvalidDataException>(File.Read);
        }
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData(
        """{"version":2,"bootId":"b","settings":{"nodeName":"n","cniConfDirectory":"c","cniBinDirectories":[]},"sandboxId":"s","podUid":"u"}"""
    )]
    [InlineData(
        """{"version":1,"bootId":null,"settings":{"nodeName":"n","cniConfDirectory":"c","cniBinDirectories":[]},"sandboxId":"s","podUid":"u"}"""
    )]
    public async Task SomethingElse_IsNoRecord(string content)
    {
        await System.IO.File.WriteAllTextAsync(
            _directory.Of("environment.json"),
            content,
            TestContext.Current.CancellationToken
        );

        Assert.Throws<InvalidDataException>(File.Read);
    }

    [Fact]
    public async Task FileThatIsSetAside_IsOutOfTheWay()
    {
        await File.WriteAsync(Record);

        string aside = File.SetAside();

        Assert.Null(File.Read());
        Assert.True(System.IO.File.Exists(aside));
    }
}
