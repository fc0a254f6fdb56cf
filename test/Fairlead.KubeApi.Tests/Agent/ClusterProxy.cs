using System.Diagnostics;
using Fairlead.Guest.Tests.Fixture;
using Fairlead.KubeApi.Tests.Fixture;

namespace Fairlead.KubeApi.Tests.Agent;

/// <summary>The node's CNI proxy, started anew with what makes it one of a cluster.</summary>
internal sealed class ClusterProxy : IDisposable
{
    private readonly Process _process;
    private readonly TcpRelay _relay;

    private ClusterProxy(Process process, TcpRelay relay) => (_process, _relay) = (process, relay);

    public static async Task<ClusterProxy> StartAsync(GuestEnvironment environment, ApiServer server)
    {
        string pidFile = environment.Node.HostPath("/run/fairlead/cni-proxy.pid");
        string pid = (await File.ReadAllTextAsync(pidFile, TestContext.Current.CancellationToken)).Split(' ', '\n')[0];
        string[] command = (
            await File.ReadAllTextAsync(
                environment.Node.HostPath($"/proc/{pid}/cmdline"),
                TestContext.Current.CancellationToken
            )
        ).Split('\0', StringSplitOptions.RemoveEmptyEntries);
        await environment.KillAsync("cni-proxy");
        TcpRelay relay = new(server.Port, $"/proc/{environment.Node.ProcessId}/ns/net");
        string kubeconfig = Path.Combine(environment.Node.Directory, "kubeconfig-proxy");
        await File.WriteAllTextAsync(
            kubeconfig,
            server.KubeconfigThrough(relay, ServiceAccount.CniProxy),
            TestContext.Current.CancellationToken
        );
        const string Script = "exec \"$@\" > /var/lib/fairlead/logs/cluster-proxy.log 2>&1";
        string[] cluster = ["--kubeconfig", kubeconfig, "--node-name", ClusterAgent.NodeName];
        Process process = environment.Node.Start(["bash", "-c", Script, "bash", .. command, .. cluster]);
        return new ClusterProxy(process, relay);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
        _relay.Dispose();
    }
}
