using System.Text.Json.Nodes;
using Fairlead.Controller;
using Fairlead.Controller.Objects;
using Fairlead.KubeApi.Tests.Fixture;
using Fairlead.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fairlead.KubeApi.Tests.Controller;

/// <summary>
/// A cluster of three nodes: the API server and the controllers are real; kube-scheduler, the kubelets and the nodes' agents
/// are played. An agent holds what it has begun until it has released it, and two copies of a VM are noted.
/// </summary>
internal sealed class ControllerWorld : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private static readonly string[] s_nodes = ["n1", "n2", "n3"];
    private static readonly WriteOptions s_agent = new()
    {
        FieldManager = "fairlead-agent",
        Subresource = "status",
        Force = true,
    };

    private readonly CancellationTokenSource _end = new();
    private readonly List<(CancellationTokenSource Stop, Task Run, KubernetesClient Client)> _controllers = [];
    private readonly Dictionary<string, string> _held = new(StringComparer.Ordinal);
    private readonly HashSet<string> _over = new(StringComparer.Ordinal);
    private Task _others = Task.CompletedTask;

    private ControllerWorld(ApiServer server) => (Server, Client) = (server, server.Connect());

    public ApiServer Server { get; }

    public KubernetesClient Client { get; }

    /// <summary>Whether the players do anything.</summary>
    public bool SchedulerWorks { get; set; } = true;

    public bool AgentsWork { get; set; } = true;

    /// <summary>What must never be.</summary>
    public List<string> Violations { get; } = [];

    /// <summary>UIDs of VMs that an agent holds.</summary>
    public IReadOnlyCollection<string> Held
    {
        get
        {
            lock (_held)
                return [.. _held.Keys];
        }
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<ControllerWorld> StartAsync()
    {
        ControllerWorld world = new(await ApiServer.StartAsync());
        await VirtualMachineType.InstallAsync(world.Client, Cancellation);
        foreach (string node in s_nodes)
            await world.Client.ApplyAsync(
                NodeView.Resource,
                ObjectKey.OfCluster(node),
                "Node",
                [],
                new WriteOptions { FieldManager = "test" },
                Cancellation
            );
        world._others = world.PlayAsync(world._end.Token);
        return world;
    }

    public Task<string> KubectlAsync(params string[] arguments) =>
        Command
            .RunAsync(["kubectl", "--kubeconfig", Server.Kubeconfig, .. arguments], timeout: TimeSpan.FromSeconds(60))
            .ContinueWith(run => run.Result.Output(), TaskScheduler.Default);

    /// <summary>One more replica; by way of a relay if it is to be cut off.</summary>
    public void StartController(TcpRelay? relay = null)
    {
        CancellationTokenSource stop = new();
        KubernetesClient client = relay is null ? Server.Connect() : Server.ConnectThrough(relay);
        ControllerOptions options = new()
        {
            Namespace = "default",
            Identity = $"replica-{Guid.NewGuid()}",
            LauncherImage = "launcher:test",
        };
        Leadership leadership = new(client, options, NullLogger.Instance);
        _controllers.Add((stop, RunAsync(leadership, stop.Token), client));
    }

    private async Task RunAsync(Leadership leadership, CancellationToken token)
    {
        try
        {
            await leadership.RunAsync(token);
        }
        catch (Exception e) when (!token.IsCancellationRequested)
        {
            Violations.Add($"a controller has ended: {e}");
        }
    }

    public async Task StopControllersAsync()
    {
        foreach ((CancellationTokenSource stop, Task run, KubernetesClient client) in _controllers)
        {
            await stop.CancelAsync();
            await ((Task)run).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            client.Dispose();
            stop.Dispose();
        }

        _controllers.Clear();
    }

    public Task CreateVmAsync(string name, string strategy = "Always") =>
        Client.ApplyAsync(
            VirtualMachineView.Resource,
            Key(name),
            "VirtualMachine",
            new JsonObject
            {
                ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["app"] = "web" } },
                ["spec"] = new JsonObject
                {
                    ["runStrategy"] = strategy,
                    ["terminationGracePeriodSeconds"] = 1,
                    ["domain"] = new JsonObject
                    {
                        ["memory"] = new JsonObject { ["value"] = 64, ["unit"] = "MiB" },
                    },
                },
            },
            new WriteOptions { FieldManager = "test" },
            Cancellation
        );

    public Task DeleteVmAsync(string name) =>
        Client.DeleteAsync(VirtualMachineView.Resource, Key(name), null, Cancellation);

    public Task<VirtualMachineView?> FindVmAsync(string name) =>
        Client.FindAsync(VirtualMachineView.Resource, Key(name), Cancellation);

    public Task<PodView?> FindLauncherAsync(string name) =>
        Client.FindAsync(PodView.Resource, Key(name + "-launcher"), Cancellation);

    public async Task<VirtualMachineView> RunsAsync(string name)
    {
        Assert.Empty(Violations);
        VirtualMachineView? vm = null;
        await Eventually.Async(
            async () =>
                Violations is { Count: > 0 }
                    ? throw new InvalidOperationException(Violations[0])
                    : (vm = await FindVmAsync(name)) is { Status: { Phase: "Running", Placement.Stop: null } }
                        && !vm.IsReleased,
            Patience,
            $"{name} runs"
        );
        return vm!;
    }

    /// <summary>The guest powers itself off: its agent gives everything back, and says so.</summary>
    public async Task EndGuestAsync(string name)
    {
        VirtualMachineView vm = (await FindVmAsync(name))!;
        lock (_held)
        {
            _over.Add(vm.Status.Placement!.Id);
            _held.Remove(vm.Metadata.Uid!);
        }

        JsonObject status = new()
        {
            ["phase"] = "Succeeded",
            ["observedGeneration"] = vm.Metadata.Generation,
            ["released"] = vm.Status.Placement!.Id,
        };
        JsonObject fields = new() { ["status"] = status };
        await Client.ApplyAsync(VirtualMachineView.Resource, vm.Key, "VirtualMachine", fields, s_agent, Cancellation);
    }

    /// <summary>No VM, no launcher, nothing held.</summary>
    public Task NothingLeftAsync() =>
        Eventually.Async(
            async () =>
                (await Client.ListAsync(VirtualMachineView.Resource, null, Cancellation)).Items is { Count: 0 }
                && (await Client.ListAsync(PodView.Resource, null, Cancellation)).Items is { Count: 0 }
                && Held.Count == 0,
            Patience,
            "nothing is left"
        );

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _others.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await StopControllersAsync();
        _end.Dispose();
        Client.Dispose();
        await Server.DisposeAsync();
    }

    public static ObjectKey Key(string name) => new("default", name);

    private async Task PlayAsync(CancellationToken token)
    {
        while (true)
        {
            try
            {
                foreach (PodView pod in (await Client.ListAsync(PodView.Resource, null, token)).Items)
                    await ScheduleOrEndAsync(pod, token);
                foreach (
                    VirtualMachineView vm in (await Client.ListAsync(VirtualMachineView.Resource, null, token)).Items
                )
                    await BeAgentAsync(vm, token);
            }
            catch (KubernetesException)
            {
                // Something changed under it: the next round.
            }

            await Task.Delay(50, token);
        }
    }

    private async Task ScheduleOrEndAsync(PodView pod, CancellationToken token)
    {
        if (pod.IsDeleting)
            await PlayedNode.EndAsync(Client, pod, token);
        else if (SchedulerWorks && pod.Spec.NodeName is (null or ""))
            await PlayedNode.BindAsync(Client, pod, s_nodes[Random.Shared.Next(s_nodes.Length)], token);
    }

    private async Task BeAgentAsync(VirtualMachineView vm, CancellationToken token)
    {
        if (!AgentsWork || vm.Status.Placement is not { } placement || vm.IsReleased)
            return;
        string uid = vm.Metadata.Uid!;
        bool end = placement.Stop is not null || vm.IsDeleting;
        lock (_held)
        {
            if (_over.Contains(placement.Id))
                return; // its status is on the way
            if (_held.TryGetValue(uid, out string? other) && other != placement.Id)
                Violations.Add($"{vm.Key.Name}: {placement.Id} begins while {other} is held");
            if (end)
                _held.Remove(uid);
            else
                _held[uid] = placement.Id;
        }

        if (!end && vm.Status.Phase == "Running")
            return;
        JsonObject status = end
            ? new JsonObject { ["phase"] = "Succeeded", ["released"] = placement.Id }
            : new JsonObject
            {
                ["phase"] = "Running",
                ["interfaces"] = new JsonArray(
                    new JsonObject
                    {
                        ["name"] = "net0",
                        ["ipAddress"] = "10.0.0.7",
                        ["ipAddresses"] = new JsonArray("10.0.0.7"),
                    }
                ),
                ["conditions"] = new JsonArray(
                    new JsonObject
                    {
                        ["type"] = "Ready",
                        ["status"] = "True",
                        ["reason"] = "Running",
                        ["message"] = "it runs",
                        ["lastTransitionTime"] = "2026-01-01T00:00:00Z",
                    }
                ),
            };
        JsonObject fields = new()
        {
            ["metadata"] = new JsonObject { ["uid"] = uid },
            ["status"] = status,
        };
        await Client.ApplyAsync(VirtualMachineView.Resource, vm.Key, "VirtualMachine", fields, s_agent, token);
    }
}
