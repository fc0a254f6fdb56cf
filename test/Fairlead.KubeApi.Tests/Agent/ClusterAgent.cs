using System.Diagnostics;
using Fairlead.Guest.Tests.Fixture;
using Fairlead.KubeApi.Tests.Fixture;
using Fairlead.Testing;

namespace Fairlead.KubeApi.Tests.Agent;

/// <summary>An agent in the libvirt pod of a node that takes its VMs from an API server, by way of a relay that can be cut.</summary>
internal sealed class ClusterAgent : IDisposable
{
    public const string NodeName = "node-1";

    private readonly Process _process;

    private ClusterAgent(Process process, TcpRelay relay) => (_process, Relay) = (process, relay);

    public TcpRelay Relay { get; }

    /// <summary>Ends the standalone agent of the environment and starts one for the cluster in its place.</summary>
    public static async Task<ClusterAgent> StartAsync(GuestEnvironment environment, ApiServer server)
    {
        await environment.KillAsync("agent");
        TcpRelay relay = new(server.Port, environment.Node.HostPath(environment.LibvirtPodNamespace));
        string kubeconfig = Path.Combine(environment.Node.Directory, "kubeconfig");
        await File.WriteAllTextAsync(
            kubeconfig,
            server.KubeconfigThrough(relay, ServiceAccount.Agent),
            TestContext.Current.CancellationToken
        );
        string sandbox = File.ReadAllText(environment.Node.HostPath("/run/fairlead/sandbox.pid")).Split(' ', '\n')[0];
        Process process = environment.Node.Start(
            "bash",
            "-c",
            "exec \"$@\" > /var/lib/fairlead/logs/cluster-agent.log 2>&1",
            "bash",
            "nsenter",
            "--target",
            sandbox,
            "--net",
            "--mount",
            "--",
            Path.Combine(AppContext.BaseDirectory, "fairlead"),
            "agent",
            "--source",
            "kubernetes",
            "--kubeconfig",
            kubeconfig,
            "--node-name",
            NodeName,
            "--socket",
            "/run/fairlead/agent/agent.sock",
            "--data-dir",
            "/var/lib/fairlead/agent",
            "--cni-proxy-socket",
            "/run/fairlead/cni-proxy/proxy.sock",
            "--guest-kernel",
            RepositoryPaths.GuestKernel,
            "--guest-initrd",
            RepositoryPaths.GuestInitrd,
            "--guest-cmdline",
            "console=ttyS0 quiet tsc=reliable no_timer_check"
        );
        return new ClusterAgent(process, relay);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
        Relay.Dispose();
    }
}
