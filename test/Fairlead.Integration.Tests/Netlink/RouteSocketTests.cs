using Fairlead.Netlink;

namespace Fairlead.Integration.Tests.Netlink;

public sealed class RouteSocketTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ManyTasks_OnOneSocket_GetTheirOwnReplies()
    {
        await using ScratchNamespace scratch = await ScratchNamespace.CreateAsync();
        List<Link> bridges = [];
        for (int i = 0; i < 8; i++)
            bridges.Add(await scratch.Route.AddBridgeAsync($"br{i}", cancellationToken: Token));

        await Parallel.ForAsync(
            0,
            400,
            new ParallelOptions { CancellationToken = Token, MaxDegreeOfParallelism = 16 },
            async (i, token) =>
            {
                Link expected = bridges[i % bridges.Count];
                Link? link = await scratch.Route.GetLinkAsync(expected.Name, token);
                Assert.Equal(expected.Index, link?.Index);
                if (i % 10 == 0)
                    Assert.Equal(9, (await scratch.Route.ListLinksAsync(token)).Count);
            }
        );
    }

    [Fact]
    public async Task CancelledRequests_LeaveNothingForTheNextOne()
    {
        await using ScratchNamespace scratch = await ScratchNamespace.CreateAsync();
        for (int i = 0; i < 40; i++)
            await scratch.Route.AddBridgeAsync($"br{i}", cancellationToken: Token);

        for (int i = 0; i < 200; i++)
        {
            using CancellationTokenSource cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
            Task[] dumps = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(() => DumpAsync(cancel.Token), Token))];
            if (i % 2 == 0)
                await Task.Yield();
            await cancel.CancelAsync();
            await Task.WhenAll(dumps);

            Assert.Equal("br7", (await scratch.Route.GetLinkAsync("br7", Token))?.Name);
        }
        Assert.Equal(41, (await scratch.Route.ListLinksAsync(Token)).Count);

        async Task DumpAsync(CancellationToken token)
        {
            try
            {
                Assert.Equal(41, (await scratch.Route.ListLinksAsync(token)).Count);
            }
            catch (OperationCanceledException) when (token.IsCancellationRequested)
            {
                // The expected end of most.
            }
        }
    }

    [Fact]
    public async Task Dumps_WhileLinksComeAndGo_AreWhole()
    {
        await using ScratchNamespace scratch = await ScratchNamespace.CreateAsync();
        for (int i = 0; i < 40; i++)
            await scratch.Route.AddBridgeAsync($"br{i}", cancellationToken: Token);
        await using RouteSocket other = await RouteSocket.OpenAsync(scratch.Netns, Token);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        Task churn = Task.Run(
            async () =>
            {
                for (int i = 0; !stop.IsCancellationRequested; i++)
                {
                    Link link = await other.AddBridgeAsync($"churn{i}", cancellationToken: Token);
                    await other.DeleteLinkAsync(link.Index, Token);
                }
            },
            Token
        );

        for (int i = 0; i < 100; i++)
        {
            IReadOnlyList<Link> links = await scratch.Route.ListLinksAsync(Token);
            Assert.Equal(40, links.Count(link => link.Name.StartsWith("br", StringComparison.Ordinal)));
            Assert.Equal(links.Count, links.Select(link => link.Index).Distinct().Count());
        }

        await stop.CancelAsync();
        await churn;
    }

    [Fact]
    public async Task DisposedSocket_SaysSo()
    {
        await using ScratchNamespace scratch = await ScratchNamespace.CreateAsync();
        RouteSocket route = await RouteSocket.OpenAsync(scratch.Netns, Token);
        await route.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await route.ListLinksAsync(Token));
    }
}
