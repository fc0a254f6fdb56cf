using Fairlead.Hosting;

namespace Fairlead.Agent;

/// <summary>What the agent is started with; it runs in the libvirt pod, whose mount namespace these paths belong to.</summary>
public sealed record AgentOptions
{
    /// <summary>The Unix socket for people and tools; made anew, mode 0600.</summary>
    public required string SocketPath { get; init; }

    /// <summary>The agent's records.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>Where desired state comes from.</summary>
    public VmSourceKind Source { get; init; } = VmSourceKind.Directory;

    /// <summary>With <see cref="VmSourceKind.Directory"/>: the directory of VirtualMachine manifests.</summary>
    public string? ManifestDirectory { get; init; }

    /// <summary>With <see cref="VmSourceKind.Kubernetes"/>: a kubeconfig file; null: as kubectl finds it, or the pod's own access.</summary>
    public string? Kubeconfig { get; init; }

    /// <summary>The CNI proxy's Unix socket.</summary>
    public required string CniProxySocketPath { get; init; }

    /// <summary>Libvirt connection URI, "qemu+unix:///system?socket=PATH".</summary>
    public required string LibvirtUri { get; init; }

    /// <summary>What has to open for KVM to be usable.</summary>
    public string KvmDevice { get; init; } = "/dev/kvm";

    /// <summary>Name of this node, for the status of its virtual machines.</summary>
    public required string NodeName { get; init; }

    /// <summary>What a virtual machine boots whose manifest names no kernel, no disk and no boot device; null: the firmware finds nothing.</summary>
    public DefaultGuest? DefaultGuest { get; init; }

    /// <summary>Where /metrics, /healthz and /readyz are served; null for nowhere.</summary>
    public MetricsAddress? MetricsAddress { get; init; }

    /// <summary>
    /// How often everything is compared though nothing is known to have changed. What breaks without a word is found within
    /// twice that.
    /// </summary>
    public TimeSpan ResyncInterval { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>Where the wanted virtual machines come from.</summary>
public enum VmSourceKind
{
    Directory,
    Kubernetes,
}

/// <summary>A guest to boot directly: kernel and initial RAM disk, absolute paths.</summary>
public sealed record DefaultGuest(string Kernel, string? Initrd, string? CommandLine);
