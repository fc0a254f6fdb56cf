using Fairlead.KubeApi.Tests.Fixture;
using Fairlead.Testing;

namespace Fairlead.KubeApi.Tests.Client;

public sealed class EventRecorderTests(SharedApiServer shared)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Event_IsRecorded_AndItsRepetitionsAreCounted()
    {
        using KubernetesClient client = (await shared.GetAsync()).Connect();
        ObjectReference about = About("counted");
        await using EventRecorder recorder = new(client, "fairlead.dev/agent", "node-1");

        recorder.Record(about, EventKind.Normal, "Started", "Start", "it runs");
        for (int i = 0; i < 3; i++)
            recorder.Record(about, EventKind.Warning, "AttachFailed", "Attach", "plugin bridge: no such device");

        await Eventually.SucceedsAsync(
            async () =>
            {
                IReadOnlyList<ClusterEvent> events = await EventsAsync(client, about);
                Assert.Equal(2, events.Count);
                ClusterEvent failed = Assert.Single(events, e => e.Reason == "AttachFailed");
                Assert.Equal(
                    ("Warning", "plugin bridge: no such device", 3),
                    (failed.Type, failed.Note, failed.Series?.Count)
                );
                Assert.Equal(("fairlead.dev/agent", "node-1"), (failed.ReportingController, failed.ReportingInstance));
                Assert.Null(Assert.Single(events, e => e.Reason == "Started").Series);
            },
            s_patience,
            "two events, one of them thrice"
        );
    }

    [Fact]
    public async Task EventsWhileTheServerIsAway_ComeWhenItIsBack()
    {
        ApiServer server = await shared.GetAsync();
        using TcpRelay relay = new(server.Port);
        using KubernetesClient through = server.ConnectThrough(relay);
        using KubernetesClient direct = server.Connect();
        ObjectReference about = About("away");
        await using EventRecorder recorder = new(through, "fairlead.dev/agent", "node-1");

        relay.Cut();
        recorder.Record(about, EventKind.Normal, "First", "Act", "1");
        recorder.Record(about, EventKind.Normal, "Second", "Act", "2");
        await Task.Delay(TimeSpan.FromSeconds(1), Cancellation);
        Assert.Empty(await EventsAsync(direct, about));
        relay.Mend();

        await Eventually.Async(
            async () => (await EventsAsync(direct, about)).Count == 2,
            s_patience,
            "both events are there"
        );
    }

    private static ObjectReference About(string name) =>
        new()
        {
            ApiVersion = "v1",
            Kind = "ConfigMap",
            Namespace = "default",
            Name = "event-" + name,
            Uid = Guid.NewGuid().ToString(),
        };

    private static async Task<IReadOnlyList<ClusterEvent>> EventsAsync(
        KubernetesClient client,
        ObjectReference about
    ) =>
        [
            .. (
                await client.ListAsync(ClusterEvent.Resource, new Selection { Namespace = "default" }, Cancellation)
            ).Items.Where(e => e.Regarding?.Uid == about.Uid),
        ];
}
