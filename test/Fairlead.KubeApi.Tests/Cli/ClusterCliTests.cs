using System.Text.Json.Nodes;
using Fairlead.Controller.Objects;
using Fairlead.KubeApi.Tests.Fixture;
using Fairlead.Testing;

namespace Fairlead.KubeApi.Tests.Cli;

/// <summary>The commands of every day against an API server, as against the local agent.</summary>
public sealed class ClusterCliTests(SharedApiServer shared)
{
    private const string Kind = "virtualmachine.fairlead.dev";

    private static readonly string s_fairlead = Path.Combine(AppContext.BaseDirectory, "fairlead");

    // Each test has machines of its own.
    private readonly string _name = $"vm-{Guid.NewGuid():N}"[..12];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private ObjectKey Key => new("default", _name);

    [Fact]
    public async Task GetAndDescribe_ShowWhatTheApiHas()
    {
        using KubernetesClient client = await ConnectAsync();
        await CreateAsync(client, new JsonObject { ["phase"] = "Running", ["node"] = "node-7" });

        string[] columns = (await FairleadAsync("get", "vm", _name, "--no-headers"))
            .Output()
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal([_name, "Running"], columns[..2]);
        Assert.Contains("node-7", columns);
        JsonNode json = JsonNode.Parse((await FairleadAsync("get", "vm", _name, "-o", "json")).Output())!;
        Assert.Equal(_name, json["metadata"]!["name"]!.ToString());
        string described = (await FairleadAsync("describe", "vm", _name)).Output();
        Assert.Contains("node-7", described, StringComparison.Ordinal);
        Assert.DoesNotContain("Paths", described, StringComparison.Ordinal);

        CommandResult missing = await FairleadAsync("get", "vm", "nobody");
        Assert.Equal(1, missing.ExitCode);
        Assert.Contains("\"nobody\" not found in namespace default", missing.StandardError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StopAndStart_SetRunning_AndStartOfAnEndedOne_AsksForAnotherRun()
    {
        using KubernetesClient client = await ConnectAsync();
        await CreateAsync(client, new JsonObject { ["phase"] = "Succeeded" });

        Assert.Equal($"{Kind}/{_name} started\n", (await FairleadAsync("start", _name)).Output());
        JsonObject vm = await client.GetAsync(RawObjects.VirtualMachines, Key, Cancellation);
        Assert.NotNull(vm["metadata"]!["annotations"]!["fairlead.dev/start"]);

        Assert.Equal($"{Kind}/{_name} stopped\n", (await FairleadAsync("stop", _name)).Output());
        Assert.StartsWith(
            $"{Kind}/{_name} unchanged",
            (await FairleadAsync("stop", _name)).Output(),
            StringComparison.Ordinal
        );
        vm = await client.GetAsync(RawObjects.VirtualMachines, Key, Cancellation);
        Assert.False(vm["spec"]!["running"]!.GetValue<bool>());

        await client.MergePatchAsync(
            RawObjects.VirtualMachines,
            Key,
            new JsonObject { ["spec"] = new JsonObject { ["runStrategy"] = "Halted" } },
            null,
            Cancellation
        );
        CommandResult halted = await FairleadAsync("start", _name);
        Assert.Equal(1, halted.ExitCode);
        Assert.Contains("spec.runStrategy is Halted", halted.StandardError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CalledKubectlFairlead_MeansTheClusterOfTheKubeconfig()
    {
        using KubernetesClient client = await ConnectAsync();
        await CreateAsync(client, []);
        string directory = Directory.CreateTempSubdirectory("fl-plugin-").FullName;
        try
        {
            File.CreateSymbolicLink(Path.Combine(directory, "kubectl-fairlead"), s_fairlead);
            ApiServer server = await shared.GetAsync();

            CommandResult run = await Command.RunAsync([
                "env",
                $"PATH={directory}:{Environment.GetEnvironmentVariable("PATH")}",
                $"KUBECONFIG={server.Kubeconfig}",
                "kubectl",
                "fairlead",
                "get",
                "vm",
                _name,
                "-o",
                "name",
            ]);

            Assert.Equal($"{Kind}/{_name}\n", run.Output());
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task Console_IsCarriedByKubectlToTheNodesAgent()
    {
        using KubernetesClient client = await ConnectAsync();
        await CreateAsync(client, new JsonObject { ["phase"] = "Running", ["node"] = $"node-{_name}" });
        CommandResult nobody = await FairleadAsync("console", _name);
        Assert.Contains("has no running libvirt pod", nobody.StandardError, StringComparison.Ordinal);

        await CreateLibvirtPodAsync(client);
        string directory = Directory.CreateTempSubdirectory("fl-kubectl-").FullName;
        try
        {
            string fake = Path.Combine(directory, "kubectl");
            await File.WriteAllTextAsync(fake, "#!/bin/sh\nprintf '%s\\n' \"$@\"; cat; exit 3\n", Cancellation);
            File.SetUnixFileMode(fake, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            ApiServer server = await shared.GetAsync();

            CommandResult run = await Command.RunAsync([
                "env",
                $"PATH={directory}:{Environment.GetEnvironmentVariable("PATH")}",
                s_fairlead,
                "console",
                _name,
                "--kubeconfig",
                server.Kubeconfig,
                "--silence=3s",
                "-n",
                "default",
            ]);

            Assert.Equal(3, run.ExitCode);
            Assert.Equal(
                [
                    $"--kubeconfig={server.Kubeconfig}",
                    "exec",
                    "--namespace=default",
                    "--stdin",
                    $"libvirt-{_name}",
                    "--container=agent",
                    "--",
                    "fairlead",
                    "console",
                    _name,
                    "--silence",
                    "3s",
                    "--namespace=default",
                ],
                run.StandardOutput.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            );
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task Forget_SaysThatThePlacementIsOver_UnlessTheAgentIsAlive()
    {
        using KubernetesClient client = await ConnectAsync();
        string node = $"node-{_name}";
        await CreateAsync(
            client,
            new JsonObject
            {
                ["phase"] = "Running",
                ["node"] = node,
                ["placement"] = new JsonObject { ["id"] = "p1" },
                ["interfaces"] = new JsonArray(new JsonObject { ["name"] = "net0", ["ipAddress"] = "10.0.0.7" }),
            }
        );
        await RenewAsync(client, node, DateTimeOffset.UtcNow);
        CommandResult alive = await FairleadAsync("forget", "vm", _name);
        Assert.Equal(1, alive.ExitCode);
        Assert.Contains("will release it by itself", alive.StandardError, StringComparison.Ordinal);

        await RenewAsync(client, node, DateTimeOffset.UtcNow.AddMinutes(-10));
        Assert.Equal($"{Kind}/{_name} forgotten on {node}\n", (await FairleadAsync("forget", "vm", _name)).Output());

        JsonNode status = (await client.GetAsync(RawObjects.VirtualMachines, Key, Cancellation))["status"]!;
        Assert.Equal(("p1", "Pending"), (status["released"]!.ToString(), status["phase"]!.ToString()));
        Assert.Null(status["interfaces"]);
    }

    [Fact]
    public async Task Delete_WaitsUntilItIsGone()
    {
        using KubernetesClient client = await ConnectAsync();
        await CreateAsync(client, []);

        (await FairleadAsync("delete", "vm", _name)).Output();

        Assert.Null(await client.FindAsync(RawObjects.VirtualMachines, Key, Cancellation));
    }

    private async Task<KubernetesClient> ConnectAsync()
    {
        KubernetesClient client = (await shared.GetAsync()).Connect();
        await VirtualMachineType.InstallAsync(client, Cancellation);
        return client;
    }

    private async Task CreateAsync(KubernetesClient client, JsonObject status)
    {
        JsonObject vm = new()
        {
            ["apiVersion"] = "fairlead.dev/v1alpha1",
            ["kind"] = "VirtualMachine",
            ["metadata"] = new JsonObject { ["name"] = _name, ["namespace"] = "default" },
        };
        await client.CreateAsync(RawObjects.VirtualMachines, vm, null, Cancellation);
        if (status.Count > 0)
            await client.MergePatchAsync(
                RawObjects.VirtualMachines,
                Key,
                new JsonObject { ["status"] = status },
                new WriteOptions { Subresource = "status" },
                Cancellation
            );
    }

    private async Task CreateLibvirtPodAsync(KubernetesClient client)
    {
        ObjectKey key = new("default", $"libvirt-{_name}");
        JsonObject pod = RawObjects.Read(
            $$"""
            metadata:
              labels: {app.kubernetes.io/name: fairlead-libvirt}
            spec:
              nodeName: node-{{_name}}
              containers:
              - {name: agent, image: fairlead}
            """
        )![0];
        WriteOptions options = new() { FieldManager = "test", Force = true };
        await client.ApplyAsync(PodView.Resource, key, "Pod", pod, options, Cancellation);
        await client.MergePatchAsync(
            PodView.Resource,
            key,
            new JsonObject { ["status"] = new JsonObject { ["phase"] = "Running" } },
            options with
            {
                Subresource = "status",
            },
            Cancellation
        );
    }

    private static Task RenewAsync(KubernetesClient client, string node, DateTimeOffset at) =>
        client.ApplyAsync(
            Lease.Resource,
            new ObjectKey("default", "agent-" + node),
            "Lease",
            new JsonObject
            {
                ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["fairlead.dev/agent-of"] = node } },
                ["spec"] = new JsonObject
                {
                    ["holderIdentity"] = node,
                    ["renewTime"] = at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'"),
                },
            },
            new WriteOptions { FieldManager = "test" },
            Cancellation
        );

    private async Task<CommandResult> FairleadAsync(params string[] arguments) =>
        await Command.RunAsync(
            [s_fairlead, .. arguments, "--kubeconfig", (await shared.GetAsync()).Kubeconfig],
            timeout: TimeSpan.FromSeconds(60)
        );
}
