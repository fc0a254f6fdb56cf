using System.Text.Json.Nodes;
using Fairlead.Guest.Tests.Fixture;
using Fairlead.KubeApi.Tests.Fixture;
using Fairlead.Testing;

[assembly: AssemblyFixture(typeof(GuestEnvironment))]

namespace Fairlead.KubeApi.Tests.Agent;

/// <summary>The agent end to end: a VM of the API, a real guest, the pod network.</summary>
public sealed class ClusterAgentTests(GuestEnvironment environment, SharedApiServer shared)
{
    private static readonly ObjectKey s_vm = new("default", "web");

    private static readonly ResourceType<JsonObject> s_nodes = new(
        "",
        "v1",
        "nodes",
        TestJson.Default.JsonObject,
        o => new ObjectIdentity(ObjectKey.OfCluster(o["metadata"]!["name"]!.ToString()), null, null)
    )
    {
        Scope = ResourceScope.Cluster,
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task VirtualMachineOfTheApi_RunsWithItsAddress_OutlivesAnOutage_AndLeavesNothing()
    {
        await environment.StartAsync();
        ApiServer server = await shared.GetAsync();
        using KubernetesClient client = server.Connect();
        await VirtualMachineType.InstallAsync(client, Cancellation);
        await CreateNodeAsync(client);
        using ClusterAgent agent = await ClusterAgent.StartAsync(environment, server);

        await WaitAsync(
            async () =>
            {
                JsonObject node = await client.GetAsync(
                    s_nodes,
                    ObjectKey.OfCluster(ClusterAgent.NodeName),
                    Cancellation
                );
                Assert.Equal("ready", node["metadata"]!["labels"]?["fairlead.dev/agent"]?.ToString());
            },
            "the node's label says that its agent is ready"
        );

        Footprint before = await Footprint.OfEverythingAsync(environment);

        // A machine that is placed on another node is none of this agent's business.
        await CreateAsync(client, "elsewhere", "node-2");
        await CreateAsync(client, s_vm.Name, ClusterAgent.NodeName);
        JsonObject vm = await WaitForPhaseAsync(client, "Running");
        string address = vm["status"]!["interfaces"]![0]!["ipAddress"]!.ToString();
        await WaitAsync(() => environment.Pod.GetAsync(address, "/"), $"the guest answers a pod at {address}");

        Assert.Equal(["fairlead.dev/network"], vm["metadata"]!["finalizers"]!.AsArray().Select(f => f!.ToString()));
        Assert.Equal(ClusterAgent.NodeName, vm["status"]!["node"]!.ToString());
        Assert.All(
            vm["status"]!["conditions"]!.AsArray(),
            c => Assert.Equal(1, c!["observedGeneration"]?.GetValue<long>())
        );
        Assert.Equal(["fairlead-agent"], ManagersOfPhase(vm));
        await WaitAsync(
            async () =>
            {
                IReadOnlyList<ClusterEvent> events =
                [
                    .. (await client.ListAsync(ClusterEvent.Resource, null, Cancellation)).Items.Where(e =>
                        e.Regarding?.Uid == vm["metadata"]!["uid"]!.ToString()
                    ),
                ];
                ClusterEvent attached = Assert.Single(events, e => e.Reason == "NetworkAttached");
                Assert.Contains(address, attached.Note, StringComparison.Ordinal);
            },
            "an event tells the address"
        );

        // The API server goes; the machine does not care. Meanwhile somebody deletes it.
        agent.Relay.Cut();
        Assert.True(await client.DeleteAsync(RawObjects.VirtualMachines, s_vm, null, Cancellation));
        await Task.Delay(TimeSpan.FromSeconds(3), Cancellation);
        await environment.Pod.GetAsync(address, "/");
        Assert.NotNull(await client.FindAsync(RawObjects.VirtualMachines, s_vm, Cancellation));
        agent.Relay.Mend();

        await WaitAsync(
            async () => Assert.Null(await client.FindAsync(RawObjects.VirtualMachines, s_vm, Cancellation)),
            "the object is gone"
        );
        await before.RestoredAsync();
        JsonObject other = await client.GetAsync(
            RawObjects.VirtualMachines,
            new ObjectKey("default", "elsewhere"),
            Cancellation
        );
        Assert.Null(other["status"]!["phase"]);
    }

    private static Task CreateNodeAsync(KubernetesClient client) =>
        client.CreateAsync(
            s_nodes,
            new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "Node",
                ["metadata"] = new JsonObject { ["name"] = ClusterAgent.NodeName },
            },
            null,
            Cancellation
        );

    /// <summary>What the user and the controller do.</summary>
    private static async Task CreateAsync(KubernetesClient client, string name, string node)
    {
        JsonObject vm = RawObjects.Read(
            $$$"""
            apiVersion: fairlead.dev/v1alpha1
            kind: VirtualMachine
            metadata: {name: {{{name}}}, namespace: default}
            spec:
              terminationGracePeriodSeconds: 20
              domain:
                devices:
                  interfaces:
                  - {type: pod-network, model: {type: virtio}, rom: {enabled: no}}
            """
        )![0];
        await client.CreateAsync(RawObjects.VirtualMachines, vm, null, Cancellation);
        await client.MergePatchAsync(
            RawObjects.VirtualMachines,
            new ObjectKey("default", name),
            new JsonObject { ["status"] = new JsonObject { ["node"] = node } },
            new WriteOptions { Subresource = "status", FieldManager = "fairlead-controller" },
            Cancellation
        );
    }

    private static async Task<JsonObject> WaitForPhaseAsync(KubernetesClient client, string phase)
    {
        JsonObject? found = null;
        await WaitAsync(
            async () =>
            {
                JsonObject vm = await client.GetAsync(RawObjects.VirtualMachines, s_vm, Cancellation);
                Assert.True(vm["status"]?["phase"]?.ToString() == phase, vm.ToJsonString());
                found = vm;
            },
            $"{s_vm} is {phase}"
        );
        return found!;
    }

    private static IEnumerable<string> ManagersOfPhase(JsonObject vm) =>
        vm["metadata"]!["managedFields"]!
            .AsArray()
            .Where(m => m!["fieldsV1"]!["f:status"]?["f:phase"] is not null)
            .Select(m => m!["manager"]!.ToString());

    private static Task WaitAsync(Func<Task> assertion, string because) =>
        Eventually.SucceedsAsync(assertion, GuestEnvironment.Patience, because);
}
