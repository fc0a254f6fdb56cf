using System.Text.Json.Nodes;
using Fairlead.Controller.Objects;
using Fairlead.KubeApi.Tests.Fixture;
using Fairlead.Testing;

namespace Fairlead.KubeApi.Tests.Deploy;

/// <summary>deploy/ as an administrator applies it.</summary>
public sealed class DeployTests
{
    private static readonly string s_deploy = Path.Combine(RepositoryPaths.Root, "deploy");

    /// <summary>The whole of what each identity may ask of the API server. A new right is a decision: it is made here too.</summary>
    [Fact]
    public async Task Rights_AreTheseAndNoMore()
    {
        string[] rights =
        [
            "fairlead-agent: create events.events.k8s.io",
            "fairlead-agent: patch events.events.k8s.io",
            "fairlead-agent: create leases.coordination.k8s.io in fairlead",
            "fairlead-agent: patch leases.coordination.k8s.io in fairlead",
            "fairlead-agent: patch nodes",
            "fairlead-agent: list virtualmachines.fairlead.dev",
            "fairlead-agent: watch virtualmachines.fairlead.dev",
            "fairlead-agent: patch virtualmachines/status.fairlead.dev",
            "fairlead-cni-proxy: get network-attachment-definitions.k8s.cni.cncf.io",
            "fairlead-cni-proxy: get pods",
            "fairlead-cni-proxy: patch pods",
            "fairlead-controller: create endpointslices.discovery.k8s.io",
            "fairlead-controller: delete endpointslices.discovery.k8s.io",
            "fairlead-controller: list endpointslices.discovery.k8s.io",
            "fairlead-controller: patch endpointslices.discovery.k8s.io",
            "fairlead-controller: watch endpointslices.discovery.k8s.io",
            "fairlead-controller: create events.events.k8s.io",
            "fairlead-controller: patch events.events.k8s.io",
            "fairlead-controller: create leases.coordination.k8s.io in fairlead",
            "fairlead-controller: get leases.coordination.k8s.io/fairlead-controller in fairlead",
            "fairlead-controller: list leases.coordination.k8s.io in fairlead",
            "fairlead-controller: update leases.coordination.k8s.io/fairlead-controller in fairlead",
            "fairlead-controller: watch leases.coordination.k8s.io in fairlead",
            "fairlead-controller: list nodes",
            "fairlead-controller: patch nodes",
            "fairlead-controller: watch nodes",
            "fairlead-controller: create pods",
            "fairlead-controller: delete pods",
            "fairlead-controller: list pods",
            "fairlead-controller: patch pods",
            "fairlead-controller: watch pods",
            "fairlead-controller: list services",
            "fairlead-controller: watch services",
            "fairlead-controller: list virtualmachines.fairlead.dev",
            "fairlead-controller: patch virtualmachines.fairlead.dev",
            "fairlead-controller: watch virtualmachines.fairlead.dev",
            "fairlead-controller: patch virtualmachines/status.fairlead.dev",
        ];

        Assert.Equal(
            rights.Order(StringComparer.Ordinal),
            (await DeployedRights.ReadAsync()).Lines().Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task Containers_HaveNoMoreOfTheNodeThanIsSaidHere()
    {
        IReadOnlyList<JsonObject> objects = await DeployedRights.ReadObjectsAsync();
        string[] containers =
        [
            .. from o in objects
            where o["spec"]?["template"] is not null
            let pod = o["spec"]!["template"]!["spec"]!
            from container in (pod["initContainers"]?.AsArray() ?? []).Concat(pod["containers"]!.AsArray())
            let context = container!["securityContext"]!
            select $"{container["name"]}: host network {pod["hostNetwork"]?.ToString() ?? "false"}, host PIDs {pod["hostPID"]?.ToString() ?? "false"}, "
                + $"privileged {context["privileged"]?.ToString() ?? "false"}, "
                + $"capabilities {string.Join(' ', context["capabilities"]?["add"]?.AsArray().Select(c => c!.ToString()) ?? [])}",
        ];

        Assert.Equal(
            [
                "controller: host network false, host PIDs false, privileged false, capabilities ",
                "cni-proxy: host network true, host PIDs true, privileged false, capabilities NET_ADMIN NET_RAW SYS_ADMIN SYS_PTRACE KILL",
                "libvirtd: host network false, host PIDs false, privileged true, capabilities ",
                "agent: host network false, host PIDs false, privileged false, capabilities NET_ADMIN NET_RAW DAC_OVERRIDE",
            ],
            containers
        );
    }

    [Fact]
    public async Task Applied_IsTakenByTheApi_AndAppliedAgainChangesNothing()
    {
        await using ApiServer server = await ApiServer.StartAsync();

        await KubectlAsync(server, "apply", "-k", s_deploy);
        string again = await KubectlAsync(server, "apply", "-k", s_deploy);

        Assert.All(
            again.Split('\n', StringSplitOptions.RemoveEmptyEntries),
            line => Assert.EndsWith(" unchanged", line, StringComparison.Ordinal)
        );
        // Not what kubectl remembers of the server before there was such a type.
        string cache = $"--cache-dir={server.Kubeconfig}-cache";
        string explained = await KubectlAsync(server, "explain", "vm.spec.runStrategy", cache);
        Assert.Contains("Always", explained, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NodeGuard_LetsTheAgentChangeItsLabelOnly()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        await KubectlAsync(server, "apply", "-k", s_deploy);
        using KubernetesClient client = server.Connect();
        await client.ApplyAsync(
            NodeView.Resource,
            ObjectKey.OfCluster("n1"),
            "Node",
            [],
            new WriteOptions { FieldManager = "test" },
            TestContext.Current.CancellationToken
        );

        // The policy takes a moment to be in force.
        int tries = 0;
        await Eventually.SucceedsAsync(
            async () =>
            {
                CommandResult other = await AsAgentAsync(
                    server,
                    "label",
                    "node",
                    "n1",
                    $"role=r{tries++}",
                    "--overwrite"
                );
                Assert.Contains("nothing of a node but its label", other.StandardError, StringComparison.Ordinal);
            },
            TimeSpan.FromSeconds(60),
            "another label is refused"
        );
        (await AsAgentAsync(server, "label", "node", "n1", "fairlead.dev/agent=ready")).Output();
        (await AsAgentAsync(server, "label", "node", "n1", "fairlead.dev/agent-")).Output();
        CommandResult taint = await AsAgentAsync(server, "taint", "node", "n1", "a=b:NoSchedule");
        Assert.NotEqual(0, taint.ExitCode);
    }

    private static Task<CommandResult> AsAgentAsync(ApiServer server, params string[] arguments) =>
        Command.RunAsync([
            "kubectl",
            "--kubeconfig",
            server.Kubeconfig,
            "--as",
            ServiceAccount.Agent.User,
            .. arguments,
        ]);

    private static async Task<string> KubectlAsync(ApiServer server, params string[] arguments) =>
        (await Command.RunAsync(["kubectl", "--kubeconfig", server.Kubeconfig, .. arguments])).Output();
}
