namespace Fairlead.Standalone.Tests;

public sealed class EnvironmentDirectoryTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    private EnvironmentPaths Paths => new(_directory.Of("state"));

    [Fact]
    public void OwnThings_AreNotForeign()
    {
        Directory.CreateDirectory(Paths.Manifests);
        Directory.CreateDirectory(Paths.LibvirtRuntime);
        File.WriteAllText(Paths.RecordFile, "");
        File.WriteAllText($"{Paths.RecordFile}.0123.tmp", "");

        EnvironmentDirectory.RefuseForeign(Paths);
    }

    [Theory]
    [InlineData("thesis.tex")]
    [InlineData("run/dbus")]
    public void DirectoryOfOthers_IsRefused(string name)
    {
        string path = Path.Combine(Paths.Persistent, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "");

        EnvironmentException e = Assert.Throws<EnvironmentException>(() => EnvironmentDirectory.RefuseForeign(Paths));

        Assert.Contains(path, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Purge_RemovesWhatIsOursAndNothingElse()
    {
        Directory.CreateDirectory(Paths.Manifests);
        File.WriteAllText(Path.Combine(Paths.Manifests, "web.yaml"), "");
        string other = Path.Combine(Paths.Persistent, "other");
        File.WriteAllText(other, "");

        EnvironmentDirectory.Purge(Paths);
        Assert.Equal([other], Directory.GetFileSystemEntries(Paths.Persistent));

        File.Delete(other);
        EnvironmentDirectory.Purge(Paths);
        Assert.False(Directory.Exists(Paths.Persistent));
    }

    [Fact]
    public void Link_IsRemovedAndNotFollowed()
    {
        string target = _directory.Of("elsewhere");
        Directory.CreateDirectory(target);
        File.WriteAllText(Path.Combine(target, "kept"), "");
        Directory.CreateDirectory(Paths.Persistent);
        Directory.CreateSymbolicLink(Paths.Manifests, target);

        EnvironmentDirectory.Purge(Paths);

        Assert.True(File.Exists(Path.Combine(target, "kept")));
        Assert.False(Directory.Exists(Paths.Persistent));
    }

    [Fact]
    public async Task Lock_IsHeldByOneAtATime()
    {
        string path = _directory.Of("lock");
        int waits = 0;
        using (await TakeAsync(path, TimeSpan.Zero, () => waits++))
        {
            await Assert.ThrowsAsync<EnvironmentException>(() =>
                TakeAsync(path, TimeSpan.FromMilliseconds(150), () => waits++)
            );
        }

        using EnvironmentLock taken = await TakeAsync(path, TimeSpan.Zero, () => waits++);
        Assert.Equal(1, waits);
    }

    [Fact]
    public async Task LockFileThatIsRemovedByItsHolder_KeepsTheNextOneOut()
    {
        string path = _directory.Of("lock");
        using EnvironmentLock first = await TakeAsync(path, TimeSpan.Zero, () => { });
        File.Delete(path);

        using EnvironmentLock second = await TakeAsync(path, TimeSpan.Zero, () => { });

        await Assert.ThrowsAsync<EnvironmentException>(() => TakeAsync(path, TimeSpan.Zero, () => { }));
    }

    private static Task<EnvironmentLock> TakeAsync(string path, TimeSpan timeout, Action onWait) =>
        EnvironmentLock.TakeAsync(path, timeout, onWait, TestContext.Current.CancellationToken);
}
