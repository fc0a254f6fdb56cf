using System.Collections.Concurrent;
using Fairlead.KubeApi.Tests.Fixture;
using Fairlead.Testing;

namespace Fairlead.KubeApi.Tests.Client;

public sealed class InformerTests(SharedApiServer shared)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Informer_ListsAndFollows_WhatItsSelectorSelects()
    {
        using KubernetesClient client = (await shared.GetAsync()).Connect();
        await CreateAsync(client, "follow-1", "follow");
        await CreateAsync(client, "follow-other", "somethingelse");
        await using Following following = await Following.StartAsync(client, "follow");

        Assert.Equal("follow-1", Assert.Single(following.Informer.Items).Metadata.Name);
        await CreateAsync(client, "follow-2", "follow");
        await SetValueAsync(client, "follow-1", "changed");
        await LabelAsync(client, "follow-2", "somethingelse"); // leaves the selection
        await client.DeleteAsync(ConfigMap.Resource, ConfigMap.Key("follow-1"), null, Cancellation);

        await following.WaitForAsync(
            "Added follow-1",
            "Added follow-2",
            "Modified follow-1",
            "Deleted follow-2",
            "Deleted follow-1"
        );
        Assert.Empty(following.Informer.Items);
    }

    [Fact]
    public async Task ConnectionCut_WatchGoesOnWhereItWas_WithoutAList()
    {
        ApiServer server = await shared.GetAsync();
        using TcpRelay relay = new(server.Port);
        using KubernetesClient direct = server.Connect();
        using KubernetesClient through = server.ConnectThrough(relay);
        await CreateAsync(direct, "cut-1", "cut");
        await CreateAsync(direct, "cut-2", "cut");
        await using Following following = await Following.StartAsync(through, "cut");

        relay.Cut();
        await CreateAsync(direct, "cut-3", "cut");
        await direct.DeleteAsync(ConfigMap.Resource, ConfigMap.Key("cut-1"), null, Cancellation);
        await Eventually.Async(() => following.Informer.Problem is not null, s_patience, "the cut is noticed");
        Assert.Equal(2, following.Informer.Count); // what was last seen
        relay.Mend();

        await following.WaitForAsync("Added cut-1", "Added cut-2", "Added cut-3", "Deleted cut-1");
        Assert.Equal(1, following.Informer.Lists);
        Assert.Null(following.Informer.Problem);
    }

    [Fact]
    public async Task WatchWindowsThatEnd_AreFollowedByOthers_AndBookmarksKeepTheVersionYoung()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        using TcpRelay relay = new(server.Port);
        using KubernetesClient direct = server.Connect();
        using KubernetesClient through = server.ConnectThrough(relay);
        await using Following following = await Following.StartAsync(through, "quiet", TimeSpan.FromSeconds(3));
        int watches = following.Informer.Watches;

        // Nothing happens to the selected objects, but much to others.
        for (int i = 0; i < 20; i++)
            await CreateAsync(direct, $"noise-{i}", "noise");
        await Eventually.Async(() => following.Informer.Watches >= watches + 2, s_patience, "two more windows");
        relay.Cut();
        await Eventually.Async(() => following.Informer.Problem is not null, s_patience, "the cut is noticed");
        await server.StopAsync();
        await server.CompactAsync(await VersionOfAsync(server, direct, "noise-19"));
        relay.Mend();

        await CreateAsync(direct, "quiet-1", "quiet");
        await following.WaitForAsync("Added quiet-1");
        Assert.Equal(1, following.Informer.Lists);
    }

    [Fact]
    public async Task ServerAwayForAWhile_EverythingIsCaughtUpWith()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        using KubernetesClient client = server.Connect();
        await CreateAsync(client, "away-1", "away");
        await using Following following = await Following.StartAsync(client, "away");

        await server.StopAsync();
        await Eventually.Async(() => following.Informer.Problem is not null, s_patience, "the end is noticed");
        await Task.Delay(TimeSpan.FromSeconds(5), Cancellation); // long enough for the delay to grow
        Assert.Equal(1, following.Informer.Count);
        await server.StartAgainAsync();
        await CreateAsync(client, "away-2", "away");
        await client.DeleteAsync(ConfigMap.Resource, ConfigMap.Key("away-1"), null, Cancellation);

        await following.WaitForAsync("Added away-1", "Added away-2", "Deleted away-1");
    }

    [Fact]
    public async Task HistoryGone_IsListedAnew_AndWhatWasMissedIsTold()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        using TcpRelay relay = new(server.Port);
        using KubernetesClient direct = server.Connect();
        using KubernetesClient through = server.ConnectThrough(relay);
        for (int i = 1; i <= 3; i++)
            await CreateAsync(direct, $"gone-{i}", "gone");
        await using Following following = await Following.StartAsync(through, "gone");

        relay.Cut();
        await direct.DeleteAsync(ConfigMap.Resource, ConfigMap.Key("gone-1"), null, Cancellation);
        await SetValueAsync(direct, "gone-2", "changed");
        await direct.DeleteAsync(ConfigMap.Resource, ConfigMap.Key("gone-3"), null, Cancellation);
        await CreateAsync(direct, "gone-3", "gone"); // another one of the same name
        ConfigMap last = await CreateAsync(direct, "gone-4", "gone");
        await server.StopAsync();
        await server.CompactAsync(last.Metadata.ResourceVersion!);
        await server.StartAgainAsync();
        relay.Mend();

        await following.WaitForAsync(
            "Added gone-1",
            "Added gone-2",
            "Added gone-3",
            "Deleted gone-1",
            "Modified gone-2",
            "Deleted gone-3",
            "Added gone-3",
            "Added gone-4"
        );
        Assert.Equal(2, following.Informer.Lists);
        Assert.Equal(["gone-2", "gone-3", "gone-4"], following.Informer.Items.Select(m => m.Metadata.Name).Order());
    }

    [Fact]
    public async Task UnknownType_IsTriedAgain_UntilItIsThere()
    {
        using KubernetesClient client = (await shared.GetAsync()).Connect();
        ResourceType<ConfigMap> unknown = ConfigMap.Resource with { Group = "example.com", Plural = "things" };
        Informer<ConfigMap> informer = new(client, unknown);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);

        Task running = informer.RunAsync(stop.Token);
        await Eventually.Async(
            () => informer.Problem?.StartsWith("list things.example.com: ", StringComparison.Ordinal) == true,
            s_patience,
            "the failure is known"
        );

        Assert.False(informer.HasSynced);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    // The server must be up to ask it; what the informer has seen last is from before the noise's end otherwise.
    private static async Task<string> VersionOfAsync(ApiServer server, KubernetesClient client, string name)
    {
        await server.StartAgainAsync();
        return (await client.GetAsync(ConfigMap.Resource, ConfigMap.Key(name), Cancellation)).Metadata.ResourceVersion!;
    }

    private static Task<ConfigMap> CreateAsync(KubernetesClient client, string name, string label) =>
        client.CreateAsync(ConfigMap.Resource, ConfigMap.Named(name, label: label), null, Cancellation);

    private static Task SetValueAsync(KubernetesClient client, string name, string value) =>
        client.MergePatchAsync(
            ConfigMap.Resource,
            ConfigMap.Key(name),
            ConfigMap.Fields("value", value),
            null,
            Cancellation
        );

    private static Task LabelAsync(KubernetesClient client, string name, string label) =>
        client.MergePatchAsync(
            ConfigMap.Resource,
            ConfigMap.Key(name),
            new()
            {
                ["metadata"] = new System.Text.Json.Nodes.JsonObject
                {
                    ["labels"] = new System.Text.Json.Nodes.JsonObject { ["test"] = label },
                },
            },
            null,
            Cancellation
        );

    /// <summary>An informer that runs, and what it has told.</summary>
    private sealed class Following : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        private readonly ConcurrentQueue<string> _told = new();
        private readonly Task _running;

        private Following(KubernetesClient client, string label, TimeSpan window)
        {
            Informer = new Informer<ConfigMap>(
                client,
                ConfigMap.Resource,
                new Selection { Namespace = "default", LabelSelector = "test=" + label }
            )
            {
                OnChange = change => _told.Enqueue($"{change.Type} {change.Object.Metadata.Name}"),
                WatchWindow = window,
                LongestRetryDelay = TimeSpan.FromSeconds(1),
            };
            _running = Informer.RunAsync(_stop.Token);
        }

        public Informer<ConfigMap> Informer { get; }

        public static async Task<Following> StartAsync(KubernetesClient client, string label, TimeSpan? window = null)
        {
            Following following = new(client, label, window ?? TimeSpan.FromMinutes(5));
            await following.Informer.WaitForSyncAsync(Cancellation);
            await Eventually.Async(() => following.Informer.Problem is null, s_patience, "the watch is open");
            return following;
        }

        /// <summary>Waits until exactly this was told, the order of different objects aside.</summary>
        public Task WaitForAsync(params string[] told) =>
            Eventually.SucceedsAsync(
                () =>
                {
                    Assert.Equal(
                        told.GroupBy(t => t.Split(' ')[1]).OrderBy(g => g.Key).SelectMany(g => g),
                        _told.GroupBy(t => t.Split(' ')[1]).OrderBy(g => g.Key).SelectMany(g => g)
                    );
                    return Task.CompletedTask;
                },
                s_patience,
                "all changes are told"
            );

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _stop.Dispose();
        }
    }
}
