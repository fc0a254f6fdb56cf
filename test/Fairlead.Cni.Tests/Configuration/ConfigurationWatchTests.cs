namespace Fairlead.Cni.Tests.Configuration;

public sealed class ConfigurationWatchTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("fl-cni-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task FilesComeChangeAndGo_EachChangeIsSeen()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        NetworkConfigurationDirectory directory = new(_directory);
        await using IAsyncEnumerator<ConfigurationScan> looks = directory
            .WatchAsync(cancellation)
            .GetAsyncEnumerator(cancellation);
        string path = Path.Combine(_directory, "a.conf");

        Assert.True(await looks.MoveNextAsync());
        Assert.Empty(looks.Current.Networks);

        await File.WriteAllTextAsync(path, """{"name":"first","type":"x"}""", cancellation);
        Assert.Equal("first", (await NextAsync(looks)).Default?.Name);

        await File.WriteAllTextAsync($"{path}.tmp", """{"name":"second","type":"x"}""", cancellation);
        File.Move($"{path}.tmp", path, overwrite: true);
        Assert.Equal("second", (await NextAsync(looks)).Default?.Name);

        await File.WriteAllTextAsync(path, "broken", cancellation);
        Assert.Single((await NextAsync(looks)).Skipped);

        File.Delete(path);
        Assert.Empty((await NextAsync(looks)).Skipped);
    }

    [Fact]
    public async Task PluginInTheNetworksFolder_IsSeen()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        Directory.CreateDirectory(Path.Combine(_directory, "net"));
        await File.WriteAllTextAsync(
            Path.Combine(_directory, "a.conflist"),
            """{"name":"net","plugins":[{"type":"x"}]}""",
            cancellation
        );
        await using IAsyncEnumerator<ConfigurationScan> looks = new NetworkConfigurationDirectory(_directory)
            .WatchAsync(cancellation)
            .GetAsyncEnumerator(cancellation);
        Assert.True(await looks.MoveNextAsync());

        await File.WriteAllTextAsync(Path.Combine(_directory, "net", "b.conf"), """{"type":"y"}""", cancellation);

        Assert.Equal(2, (await NextAsync(looks)).Default!.Plugins.Count);
    }

    [Fact]
    public async Task Cancelled_TheWatchEnds()
    {
        using CancellationTokenSource cancel = new();
        await using IAsyncEnumerator<ConfigurationScan> looks = new NetworkConfigurationDirectory(_directory)
            .WatchAsync(cancel.Token)
            .GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await looks.MoveNextAsync());
        ValueTask<bool> next = looks.MoveNextAsync();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
    }

    private static async Task<ConfigurationScan> NextAsync(IAsyncEnumerator<ConfigurationScan> looks)
    {
        // A file that was created and not yet written is a look of its own, and skipped.
        Task<bool> next = looks.MoveNextAsync().AsTask();
        Assert.True(await next.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        return looks.Current;
    }
}
