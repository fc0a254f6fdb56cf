using Fairlead.Hosting;
using Fairlead.Kubernetes;

namespace Fairlead.CniProxy;

/// <summary>What the CNI proxy is started with; every path is one of the host's.</summary>
public sealed record CniProxyOptions
{
    /// <summary>
    /// The Unix sockets to listen on, at least one; made anew, mode 0600. With one for each client pod, in a directory of its
    /// own, no pod can get at what another one connects to.
    /// </summary>
    public required IReadOnlyList<string> SocketPaths { get; init; }

    /// <summary>The group that may open the sockets too (mode 0660), by its number; null for none.</summary>
    public uint? SocketGroup { get; init; }

    /// <summary>The journal (attachments/) and the CNI result cache (cni-cache/) live here.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>CNI configuration directory.</summary>
    public required string ConfigDirectory { get; init; }

    /// <summary>Where CNI plugins are looked for, in this order.</summary>
    public required IReadOnlyList<string> PluginDirectories { get; init; }

    /// <summary>Record of the one pod that this proxy serves (<see cref="Client.SandboxRecord"/>); null with a container runtime.</summary>
    public string? SandboxFile { get; init; }

    /// <summary>Socket of the container runtime whose pods this proxy serves; null for the one pod of <see cref="SandboxFile"/>.</summary>
    public string? CriSocketPath { get; init; }

    /// <summary>On a cluster: how its API server is reached; null where there is no cluster.</summary>
    public KubernetesConfiguration? Cluster { get; init; }

    /// <summary>On a cluster: the name of this node.</summary>
    public string? NodeName { get; init; }

    /// <summary>Where namespaces of pods are held for DEL (<see cref="Pods.HeldNamespaces"/>); goes with a reboot.</summary>
    public string HeldNamespacesDirectory => Path.Combine(Path.GetDirectoryName(SocketPaths[0])!, "netns");

    /// <summary>How long calls and releases that run at SIGTERM may take to end; the next run releases what did not.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>What pods may have (<see cref="Policies.PolicyFile"/>); the default policy is in force where there is none.</summary>
    public required string PolicyFile { get; init; }

    /// <summary>Where /metrics, /healthz and /readyz are served; null for nowhere.</summary>
    public MetricsAddress? MetricsAddress { get; init; }

    /// <summary>How long one plugin may take.</summary>
    public TimeSpan PluginTimeout { get; init; } = TimeSpan.FromSeconds(60);
}
