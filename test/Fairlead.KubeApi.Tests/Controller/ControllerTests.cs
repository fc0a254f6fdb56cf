using System.Text.Json.Nodes;
using Fairlead.Controller.Objects;
using Fairlead.KubeApi.Tests.Fixture;
using Fairlead.Testing;

namespace Fairlead.KubeApi.Tests.Controller;

public sealed class ControllerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Vm_IsPlacedServedMovedAndDeleted()
    {
        await using ControllerWorld world = await ControllerWorld.StartAsync();
        world.StartController();
        await ApplyServiceAsync(world);

        await world.CreateVmAsync("web");
        VirtualMachineView first = await world.RunsAsync("web");
        Assert.Equal((await world.FindLauncherAsync("web"))!.Spec.NodeName, first.Status.Node);
        SliceEndpoint endpoint = await EndpointAsync(world, e => e.Conditions.Ready == true);
        Assert.Equal((first.Status.Node, "10.0.0.7"), (endpoint.NodeName, endpoint.Addresses[0]));

        // A drain: the launcher goes, and the VM after it.
        await world.Client.DeleteAsync(PodView.Resource, ControllerWorld.Key("web-launcher"), null, Cancellation);
        VirtualMachineView? moved = null;
        await Eventually.Async(
            async () =>
                (moved = await world.FindVmAsync("web"))?.Status.Placement is { } placement
                && placement.Id != first.Status.Placement!.Id,
            ControllerWorld.Patience,
            "another launcher has placed it"
        );
        Assert.Equal(first.Metadata.Uid, moved!.Metadata.Uid);

        await world.DeleteVmAsync("web");
        await world.NothingLeftAsync();
        await Eventually.Async(
            async () => (await world.Client.ListAsync(EndpointSlice.Resource, null, Cancellation)).Items.Count == 0,
            ControllerWorld.Patience,
            "no endpoints are left"
        );
        Assert.Empty(world.Violations);
    }

    [Fact]
    public async Task DeletedInEveryPhase_NothingIsLeft_AndNotBeforeTheAgentHasReleased()
    {
        await using ControllerWorld world = await ControllerWorld.StartAsync();

        await world.CreateVmAsync("unseen");
        await world.DeleteVmAsync("unseen");
        world.StartController();

        world.SchedulerWorks = false;
        await world.CreateVmAsync("pending");
        await Eventually.Async(
            async () => await world.FindLauncherAsync("pending") is not null,
            ControllerWorld.Patience,
            "a launcher"
        );
        await world.DeleteVmAsync("pending");
        await world.NothingLeftAsync();

        (world.SchedulerWorks, world.AgentsWork) = (true, false);
        await world.CreateVmAsync("placed");
        await Eventually.Async(
            async () => (await world.FindVmAsync("placed"))!.IsPlaced,
            ControllerWorld.Patience,
            "it is placed"
        );
        await world.DeleteVmAsync("placed");
        await Eventually.Async(
            async () => (await world.FindVmAsync("placed"))!.Status.Placement!.Stop is not null,
            ControllerWorld.Patience,
            "the agent is asked"
        );
        // Its agent is silent: it stays.
        await Task.Delay(TimeSpan.FromSeconds(2), Cancellation);
        Assert.True((await world.FindVmAsync("placed"))!.HasFinalizer);
        world.AgentsWork = true;
        await world.NothingLeftAsync();

        await world.CreateVmAsync("running");
        await world.RunsAsync("running");
        await world.DeleteVmAsync("running");
        await world.NothingLeftAsync();
        Assert.Empty(world.Violations);
    }

    [Fact]
    public async Task GuestEndsByItself_WithAlwaysItIsPlacedAnew_WithRerunOnFailureItsLauncherGoes()
    {
        await using ControllerWorld world = await ControllerWorld.StartAsync();
        world.StartController();
        await world.CreateVmAsync("always");
        await world.CreateVmAsync("once", "RerunOnFailure");
        VirtualMachineView first = await world.RunsAsync("always");
        await world.RunsAsync("once");

        await world.EndGuestAsync("always");
        await world.EndGuestAsync("once");

        await Eventually.Async(
            async () =>
                (await world.FindVmAsync("always"))?.Status.Placement is { } placement
                && placement.Id != first.Status.Placement!.Id
                && await world.FindLauncherAsync("once") is null
                && !(await world.FindVmAsync("once"))!.IsPlaced,
            ControllerWorld.Patience,
            "one runs again, the other one is nowhere"
        );
        Assert.Empty(world.Violations);
    }

    [Fact]
    public async Task LauncherThatTheApiRefuses_IsToldByAnEvent()
    {
        await using ControllerWorld world = await ControllerWorld.StartAsync();
        world.StartController();
        await world.CreateVmAsync("web");
        await world.Client.MergePatchAsync(
            VirtualMachineView.Resource,
            ControllerWorld.Key("web"),
            new JsonObject
            {
                ["spec"] = new JsonObject { ["affinity"] = new JsonObject { ["nodeAffinity"] = "everywhere" } },
            },
            null,
            Cancellation
        );
        // The first launcher may have been made before the change.
        await world.Client.DeleteAsync(PodView.Resource, ControllerWorld.Key("web-launcher"), null, Cancellation);

        await Eventually.Async(
            async () => (await world.KubectlAsync("get", "events")).Contains("nodeAffinity", StringComparison.Ordinal),
            ControllerWorld.Patience,
            "an event says what the API server says"
        );
    }

    [Fact]
    public async Task NodeGone_VmIsLostAndPlacedAnew()
    {
        await using ControllerWorld world = await ControllerWorld.StartAsync();
        world.StartController();
        await world.CreateVmAsync("web");
        VirtualMachineView first = await world.RunsAsync("web");
        world.AgentsWork = false; // with the node its agent is gone
        world.SchedulerWorks = false;

        await world.Client.DeleteAsync(PodView.Resource, ControllerWorld.Key("web-launcher"), null, Cancellation);
        await Eventually.Async(
            async () => (await world.FindVmAsync("web"))!.Status.Placement!.Stop is not null,
            ControllerWorld.Patience,
            "it is asked to stop"
        );
        Assert.Equal(first.Status.Placement!.Id, (await world.FindVmAsync("web"))!.Status.Placement!.Id);
        await world.Client.DeleteAsync(NodeView.Resource, ObjectKey.OfCluster(first.Status.Node!), null, Cancellation);

        await Eventually.Async(
            async () => !(await world.FindVmAsync("web"))!.IsPlaced,
            ControllerWorld.Patience,
            "it is nowhere"
        );
        await Eventually.Async(
            async () => (await world.KubectlAsync("get", "events", "-A")).Contains("Lost", StringComparison.Ordinal),
            ControllerWorld.Patience,
            "an event says so"
        );
    }

    [Fact]
    public async Task FiftyVms_ControllersCutOffWhileTheyComeAndGo_NeverTwoCopiesAndNothingLeft()
    {
        await using ControllerWorld world = await ControllerWorld.StartAsync();
        using TcpRelay first = new(world.Server.Port);
        world.StartController(first);
        string[] names = [.. Enumerable.Range(0, 50).Select(i => $"vm{i}")];
        foreach (string name in names[..25])
            await world.CreateVmAsync(name);
        await Eventually.Async(() => world.Held.Count >= 5, ControllerWorld.Patience, "some run");
        first.Cut(); // in the midst of it; it may not even give its lease up

        world.StartController();
        foreach (string name in names[25..])
            await world.CreateVmAsync(name);
        foreach (string name in names.Where((_, i) => i % 5 == 0))
            await world.DeleteVmAsync(name);
        await Eventually.Async(() => world.Held.Count >= 20, ControllerWorld.Patience, "the next one goes on");
        await world.StopControllersAsync();
        world.StartController();
        world.StartController();
        foreach (string name in names.Where((_, i) => i % 5 == 1))
            await world.Client.DeleteAsync(
                PodView.Resource,
                ControllerWorld.Key(name + "-launcher"),
                null,
                Cancellation
            );
        foreach (string name in names.Where((_, i) => i % 5 != 0))
            await world.RunsAsync(name);
        foreach (string name in names)
            await world.DeleteVmAsync(name);

        await world.NothingLeftAsync();
        Assert.Empty(world.Violations);
    }

    private static Task ApplyServiceAsync(ControllerWorld world) =>
        world.Client.ApplyAsync(
            ServiceView.Resource,
            ControllerWorld.Key("web"),
            "Service",
            new JsonObject
            {
                ["metadata"] = new JsonObject
                {
                    ["annotations"] = new JsonObject { ["fairlead.dev/selector"] = "app=web" },
                },
                ["spec"] = new JsonObject { ["ports"] = new JsonArray(new JsonObject { ["port"] = 80 }) },
            },
            new WriteOptions { FieldManager = "test" },
            Cancellation
        );

    private static async Task<SliceEndpoint> EndpointAsync(ControllerWorld world, Func<SliceEndpoint, bool> matches)
    {
        SliceEndpoint? found = null;
        await Eventually.Async(
            async () =>
                (
                    found = (await world.Client.ListAsync(EndpointSlice.Resource, null, Cancellation))
                        .Items.SelectMany(slice => slice.Endpoints)
                        .FirstOrDefault(matches)
                )
                    is not null,
            ControllerWorld.Patience,
            "an endpoint"
        );
        return found!;
    }
}
