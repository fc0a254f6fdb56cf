using Fairlead.Agent.Reconciling;
using Fairlead.Crds;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fairlead.Agent.Tests.Reconciling;

public sealed class VmStoreTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Record_IsReadBackWhole()
    {
        VmRecord record = Sample.Record("web", "{running: false, domain: {memory: {value: 1, unit: GiB}}}") with
        {
            Run = RunState.Started,
            Source = "/m/web.yaml",
        };
        record = record with { StartedSpec = record.Vm.Spec };
        record = record.WithPhase(VirtualMachinePhase.Running, ready: true, "Running", "m", Sample.Time);
        record = record with
        {
            Vm = record.Vm with
            {
                Metadata = record.Vm.Metadata with
                {
                    Labels = new Dictionary<string, string>(StringComparer.Ordinal) { ["app"] = "web" },
                },
            },
        };
        await Open().SaveAsync(record);

        VmRecord read = Open().Find(record.Key)!;

        Assert.Equal(ManifestWriter.ToJson(record.Vm), ManifestWriter.ToJson(read.Vm));
        Assert.Equal((record.Digest, RunState.Started, "/m/web.yaml"), (read.Digest, read.Run, read.Source));
        Assert.Empty(RestartDiff.Of(record.Vm with { Spec = read.StartedSpec! }, record.Vm));
        // The digest of a spec that went through the file must be the manifest's own, or every start would be an update.
        Assert.Equal(SpecDigest.Of(record.Vm), SpecDigest.Of(read.Vm));
    }

    [Fact]
    public async Task UnchangedRecord_WritesNothingAndTellsNobody()
    {
        VmStore store = Open();
        await store.SaveAsync(Sample.Record("web"));
        string file = Directory.GetFiles(_directory.Path).Single();
        File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch);
        await using IAsyncEnumerator<VmChange> changes = store
            .WatchAsync(Cancellation)
            .GetAsyncEnumerator(Cancellation);
        Assert.True(await changes.MoveNextAsync());

        await store.SaveAsync(Sample.Record("web"));
        await store.SaveAsync(Sample.Record("web") with { Run = RunState.Ended });

        Assert.True(await changes.MoveNextAsync());
        Assert.Equal(VmChangeType.Modified, changes.Current.Type);
        Assert.NotEqual(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(file));
        File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch);
        await store.SaveAsync(Sample.Record("web") with { Run = RunState.Ended });
        Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(file));
    }

    [Fact]
    public async Task Watch_GivesThePresentThenTheChanges()
    {
        VmStore store = Open();
        await store.SaveAsync(Sample.Record("b"));
        await store.SaveAsync(Sample.Record("a"));
        await using IAsyncEnumerator<VmChange> changes = store
            .WatchAsync(Cancellation)
            .GetAsyncEnumerator(Cancellation);
        List<string> seen = [];
        await NextAsync();

        await store.SaveAsync(Sample.Record("c"));
        await store.SaveAsync(Sample.Record("c") with { Digest = "other" });
        store.Remove(Sample.Record("a"));
        for (int i = 0; i < 4; i++)
            await NextAsync();

        Assert.Equal(["Added a", "Added b", "Added c", "Modified c", "Deleted a"], seen);

        async Task NextAsync()
        {
            Assert.True(await changes.MoveNextAsync());
            seen.Add($"{changes.Current.Type} {changes.Current.Vm.Metadata.Name}");
        }
    }

    [Fact]
    public async Task Watch_EndsWithItsCaller()
    {
        using CancellationTokenSource end = new();
        Task watching = WatchAsync();
        await end.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);

        async Task WatchAsync()
        {
            await foreach (VmChange _ in Open().WatchAsync(end.Token))
                continue;
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"version\": 1")]
    [InlineData("null")]
    [InlineData("{\"version\": 1, \"digest\": \"\"}")]
    [InlineData("{\"version\": 1, \"digest\": \"\", \"vm\": null}")]
    [InlineData("{\"version\": 1, \"digest\": \"\", \"vm\": {\"metadata\": null}}")]
    [InlineData("{\"version\": 1, \"digest\": \"\", \"vm\": {}}")]
    [InlineData("{\"version\": 9, \"digest\": \"\", \"vm\": {\"metadata\": {\"uid\": \"u\"}}}")]
    public async Task TornFile_IsSetAsideAndTheRestIsRead(string text)
    {
        VmStore store = Open();
        await store.SaveAsync(Sample.Record("torn"));
        string file = Directory.GetFiles(_directory.Path).Single();
        await store.SaveAsync(Sample.Record("web"));
        await File.WriteAllTextAsync(file, text, Cancellation);

        Assert.Equal(["web"], Open().List().Select(r => r.Key.Name));
        Assert.True(File.Exists(file + ".unreadable"));
    }

    [Fact]
    public async Task List_IsOrdered()
    {
        VmStore store = Open();
        foreach (string name in (string[])["c", "a", "b"])
            await store.SaveAsync(Sample.Record(name, uid: $"uid-{name}"));

        Assert.Equal(["a", "b", "c"], store.List().Select(r => r.Key.Name));
        Assert.True(store.HasUid("uid-b"));
        Assert.False(store.HasUid("uid-x"));
    }

    private VmStore Open() => VmStore.Open(_directory.Path, NullLogger.Instance);
}
