using System.Text.Json.Nodes;
using Fairlead.Controller.Objects;
using Fairlead.Guest.Tests.Fixture;
using Fairlead.KubeApi.Tests.Deploy;
using Fairlead.KubeApi.Tests.Fixture;
using Fairlead.Testing;

[assembly: AssemblyFixture(typeof(GuestEnvironment))]

namespace Fairlead.KubeApi.Tests.Agent;

/// <summary>
/// Agent and controller end to end: VMs of the API, real guests, the pod network. There is no kubelet and no kube-scheduler:
/// the test binds the launcher pods to the node.
/// </summary>
public sealed partial class ClusterAgentTests(GuestEnvironment environment)
{
    private static readonly ObjectKey s_vm = new("default", "web");
    private static readonly ObjectKey s_launcher = new("default", "web-launcher");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AppliedVm_RunsWithItsAddress_MovesWithItsLauncher_OutlivesAnOutage_AndLeavesNothing()
    {
        using AuditLog audit = new();
        await using ApiServer server = await ApiServer.StartAsync(audit.Flags);
        using KubernetesClient client = server.Connect();
        await using ClusterControl control = await BeginAsync(server, client);
        using ClusterProxy proxy = await ClusterProxy.StartAsync(environment, server);
        using ClusterAgent agent = await ClusterAgent.StartAsync(environment, server);
        await ReadyAsync(client);
        Footprint before = await Footprint.OfEverythingAsync(environment);

        // Applied, placed, running, reached; its network is one of the API.
        await control.KubectlAsync("apply", "-f", await DefinitionAsync());
        await control.KubectlAsync("apply", "-f", await ManifestAsync(source: "source: {network: blue}, "));
        JsonObject vm = await WaitForRunningAsync(client, notPlacement: null);
        string address = AddressOf(vm);
        await WaitAsync(() => environment.Pod.GetAsync(address, "/"), $"the guest answers a pod at {address}");
        string placement = PlacementOf(vm);
        Assert.Equal((await client.GetAsync(PodView.Resource, s_launcher, Cancellation)).Uid, placement);
        await WaitAsync(
            async () =>
            {
                PodView launcher = await client.GetAsync(PodView.Resource, s_launcher, Cancellation);
                JsonNode shown = JsonNode.Parse(launcher.Metadata.Annotations!["k8s.v1.cni.cncf.io/network-status"])!;
                Assert.Equal("blue", shown[0]!["name"]!.ToString());
                Assert.Equal(address, shown[0]!["ips"]![0]!.ToString());
            },
            "the launcher shows the interface"
        );
        Assert.Equal(["fairlead.dev/network"], vm["metadata"]!["finalizers"]!.AsArray().Select(f => f!.ToString()));
        Assert.All(
            vm["status"]!["conditions"]!.AsArray(),
            c => Assert.Equal(1, c!["observedGeneration"]?.GetValue<long>())
        );
        Assert.Equal(["fairlead-agent"], ManagersOf(vm, "f:phase"));
        Assert.Equal(["fairlead-controller"], ManagersOf(vm, "f:node"));
        await WaitAsync(
            async () =>
            {
                ClusterEvent attached = Assert.Single(
                    await EventsOfAsync(client, vm),
                    e => e.Reason == "NetworkAttached"
                );
                Assert.Contains(address, attached.Note, StringComparison.Ordinal);
            },
            "an event tells the address"
        );

        // Its launcher is evicted: shut down in order, released, and placed anew.
        await client.DeleteAsync(PodView.Resource, s_launcher, null, Cancellation);
        vm = await WaitForRunningAsync(client, notPlacement: placement);
        address = AddressOf(vm);
        await WaitAsync(() => environment.Pod.GetAsync(address, "/"), $"the guest answers again at {address}");
        Assert.DoesNotContain(
            await EventsOfAsync(client, vm),
            e => e.Note?.Contains("was destroyed", StringComparison.Ordinal) == true
        );

        // The API server goes; the machine does not care. Meanwhile somebody deletes it.
        agent.Relay.Cut();
        await control.KubectlAsync("delete", "vm", s_vm.Name, "--wait=false");
        await Task.Delay(TimeSpan.FromSeconds(3), Cancellation);
        await environment.Pod.GetAsync(address, "/");
        Assert.NotNull(await client.FindAsync(RawObjects.VirtualMachines, s_vm, Cancellation));
        agent.Relay.Mend();

        await WaitAsync(
            async () => Assert.Null(await client.FindAsync(RawObjects.VirtualMachines, s_vm, Cancellation)),
            "the object is gone"
        );
        Assert.Null(await client.FindAsync(PodView.Resource, s_launcher, Cancellation));
        await before.RestoredAsync();

        // With all of this, nobody has asked for more than deploy/ gives.
        DeployedRights rights = await DeployedRights.ReadAsync();
        foreach (
            ServiceAccount account in (ServiceAccount[])
                [ServiceAccount.Agent, ServiceAccount.CniProxy, ServiceAccount.Controller]
        )
        {
            IReadOnlyList<JsonNode> requests = audit.RequestsOf(account);
            Assert.NotEmpty(requests);
            Assert.Empty(requests.Where(r => !rights.Allows(account.Name, r)).Select(AuditLog.LineOf).Distinct());
        }
    }

    private async Task<ClusterControl> BeginAsync(ApiServer server, KubernetesClient client)
    {
        await environment.StartAsync();
        await environment.UpAsync(); // the test before has ended its agent and its proxy
        await VirtualMachineType.InstallAsync(client, Cancellation);
        return await ClusterControl.StartAsync(server, ClusterAgent.NodeName);
    }

    private static Task ReadyAsync(KubernetesClient client) =>
        WaitAsync(
            async () =>
            {
                NodeView node = await client.GetAsync(
                    NodeView.Resource,
                    ObjectKey.OfCluster(ClusterAgent.NodeName),
                    Cancellation
                );
                Assert.True(node.IsAgentReady);
            },
            "the node's label says that its agent is ready"
        );

    /// <summary>The pod network's own plugin and subnet, under another name, as a definition of the API.</summary>
    private async Task<string> DefinitionAsync()
    {
        string list = await environment.Node.RunAsync("sh", "-c", "cat /var/lib/fairlead/cni/net.d/*.conflist");
        JsonObject definition = new()
        {
            ["apiVersion"] = "k8s.cni.cncf.io/v1",
            ["kind"] = "NetworkAttachmentDefinition",
            ["metadata"] = new JsonObject { ["name"] = "blue", ["namespace"] = "default" },
            ["spec"] = new JsonObject { ["config"] = list },
        };
        string file = Path.Combine(environment.Node.Directory, "blue.json");
        await File.WriteAllTextAsync(file, definition.ToJsonString(), Cancellation);
        return file;
    }

    private async Task<string> ManifestAsync(string strategy = "Always", string source = "")
    {
        string file = Path.Combine(environment.Node.Directory, "web.yaml");
        await File.WriteAllTextAsync(
            file,
            $$$"""
            apiVersion: fairlead.dev/v1alpha1
            kind: VirtualMachine
            metadata: {name: web}
            spec:
              runStrategy: {{{strategy}}}
              terminationGracePeriodSeconds: 60
              domain:
                devices:
                  interfaces:
                  - {type: pod-network, {{{source}}}model: {type: virtio}, rom: {enabled: no}}
            """,
            Cancellation
        );
        return file;
    }

    /// <summary>Running, and ready, by a placement that is not the given one.</summary>
    private static async Task<JsonObject> WaitForRunningAsync(KubernetesClient client, string? notPlacement)
    {
        JsonObject? found = null;
        await WaitAsync(
            async () =>
            {
                JsonObject vm = await client.GetAsync(RawObjects.VirtualMachines, s_vm, Cancellation);
                Assert.True(vm["status"]?["phase"]?.ToString() == "Running", vm.ToJsonString());
                Assert.NotEqual(notPlacement, PlacementOf(vm));
                found = vm;
            },
            $"{s_vm} runs"
        );
        return found!;
    }

    private static string PlacementOf(JsonObject vm) => vm["status"]!["placement"]!["id"]!.ToString();

    private static string AddressOf(JsonObject vm) => vm["status"]!["interfaces"]![0]!["ipAddress"]!.ToString();

    private static async Task<ClusterEvent[]> EventsOfAsync(KubernetesClient client, JsonObject vm) =>
        [
            .. (await client.ListAsync(ClusterEvent.Resource, null, Cancellation)).Items.Where(e =>
                e.Regarding?.Uid == vm["metadata"]!["uid"]!.ToString()
            ),
        ];

    private static IEnumerable<string> ManagersOf(JsonObject vm, string field) =>
        vm["metadata"]!["managedFields"]!
            .AsArray()
            .Where(m => m!["fieldsV1"]!["f:status"]?[field] is not null)
            .Select(m => m!["manager"]!.ToString());

    private static Task WaitAsync(Func<Task> assertion, string because) =>
        Eventually.SucceedsAsync(assertion, GuestEnvironment.Patience, because);
}
