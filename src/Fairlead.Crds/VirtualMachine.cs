using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Fairlead.Crds;

/// <summary>A virtual machine whose vNICs are endpoints of the pod network; the one kind of API fairlead.dev/v1alpha1.</summary>
public sealed record VirtualMachine
{
    public const string Group = "fairlead.dev";
    public const string Version = "v1alpha1";
    public const string GroupVersion = Group + "/" + Version;
    public const string KindName = "VirtualMachine";

    public string ApiVersion { get; set; } = GroupVersion;

    public string Kind { get; set; } = KindName;

    public ObjectMeta Metadata { get; set; } = new();

    public VirtualMachineSpec Spec { get; set; } = new();

    public VirtualMachineStatus? Status { get; set; }

    /// <summary>What names this object among all others: namespace and name.</summary>
    [JsonIgnore]
    public VirtualMachineKey Key => new(Metadata.Namespace, Metadata.Name);

    /// <summary>The same object with <see cref="Defaults"/> where the manifest is silent.</summary>
    public VirtualMachine Defaulted() => this with { Spec = Defaults.Apply(Spec) };
}

/// <summary>Namespace and name, written <c>default/web</c>.</summary>
public readonly record struct VirtualMachineKey(string Namespace, string Name)
{
    public override string ToString() => Namespace + "/" + Name;
}

/// <summary>The part of Kubernetes' ObjectMeta that Fairlead uses.</summary>
public sealed record ObjectMeta
{
    public string Name { get; set; } = "";

    public string Namespace { get; set; } = Defaults.Namespace;

    public IReadOnlyDictionary<string, string> Labels { get; set; } = NoStrings.Instance;

    public IReadOnlyDictionary<string, string> Annotations { get; set; } = NoStrings.Instance;

    public string? Uid { get; set; }

    public long? Generation { get; set; }

    public DateTimeOffset? CreationTimestamp { get; set; }

    public DateTimeOffset? DeletionTimestamp { get; set; }

    /// <summary>On a cluster: other after every change.</summary>
    public string? ResourceVersion { get; set; }

    /// <summary>On a cluster: what must be done before the object may go.</summary>
    public IReadOnlyList<string> Finalizers { get; set; } = [];
}

/// <summary>What the user wants.</summary>
public sealed record VirtualMachineSpec
{
    /// <summary>Whether the machine should run; <c>fairlead stop</c> sets false.</summary>
    public bool Running { get; set; } = true;

    /// <summary>
    /// What follows when the guest ends by itself: Always and RerunOnFailure (after a crash) run it again, Halted is as
    /// running: false. If not given, a guest that has ended stays so until somebody starts it.
    /// </summary>
    public string? RunStrategy { get; set; }

    /// <summary>On a cluster: labels that the node must have, as a pod's nodeSelector.</summary>
    public IReadOnlyDictionary<string, string> NodeSelector { get; set; } = NoStrings.Instance;

    /// <summary>On a cluster: as a pod's affinity. Other VMs are found by the label fairlead.dev/vm of their launcher pods.</summary>
    public JsonObject? Affinity { get; set; }

    /// <summary>On a cluster: as a pod's tolerations.</summary>
    public IReadOnlyList<Toleration> Tolerations { get; set; } = [];

    /// <summary>On a cluster: as a pod's priorityClassName.</summary>
    public string? PriorityClassName { get; set; }

    /// <summary>How long the guest gets to power off by itself before it is destroyed.</summary>
    public int TerminationGracePeriodSeconds { get; set; } = Defaults.TerminationGracePeriodSeconds;

    /// <summary>What has to answer for the VM to be ready, beside its network.</summary>
    public ReadinessProbe? ReadinessProbe { get; set; }

    /// <summary>What the guest is told that it is called, a DNS label; the VM's name if not given.</summary>
    public string? Hostname { get; set; }

    /// <summary>ClusterFirst, Default or None; if not given: what the vNIC's network says, else the libvirt pod's own resolver.</summary>
    public string? DnsPolicy { get; set; }

    public DnsConfig? DnsConfig { get; set; }

    /// <summary><see cref="NetworkDataFormats"/>: how the guest is told its network beside DHCP; null: not at all.</summary>
    public string? NetworkData { get; set; }

    /// <summary>The machine, in the words of libvirt's domain XML.</summary>
    public DomainSpec Domain { get; set; } = new();

    /// <summary>Why it is not to run at all; null if it is.</summary>
    [JsonIgnore]
    public string? WhyHalted =>
        !Running ? "spec.running is false"
        : RunStrategy == RunStrategies.Halted ? "spec.runStrategy is Halted"
        : null;

    /// <summary>Whether it is to run again after its guest has ended by itself in this phase.</summary>
    public bool RunsAgainAfter(VirtualMachinePhase? phase) =>
        RunStrategy switch
        {
            RunStrategies.Always => true,
            RunStrategies.RerunOnFailure => phase == VirtualMachinePhase.Failed,
            _ => false,
        };
}

/// <summary>A taint that does not keep the VM from a node, with a pod's meaning.</summary>
public sealed record Toleration
{
    /// <summary>Key of the taint; every taint if not given.</summary>
    public string? Key { get; set; }

    /// <summary>Exists or Equal; Equal if not given.</summary>
    public string? Operator { get; set; }

    /// <summary>Value of the taint; with Equal.</summary>
    public string? Value { get; set; }

    /// <summary>NoSchedule, PreferNoSchedule or NoExecute; every effect if not given.</summary>
    public string? Effect { get; set; }

    /// <summary>How long a taint with NoExecute is tolerated; for ever if not given.</summary>
    public long? TolerationSeconds { get; set; }
}

/// <summary>Added to what the DNS policy gives, as a pod's dnsConfig is.</summary>
public sealed record DnsConfig
{
    /// <summary>IP addresses.</summary>
    public IReadOnlyList<string> Nameservers { get; set; } = [];

    /// <summary>Search domains.</summary>
    public IReadOnlyList<string> Searches { get; set; } = [];
}

internal static class NoStrings
{
    public static readonly IReadOnlyDictionary<string, string> Instance = new Dictionary<string, string>(0);
}
