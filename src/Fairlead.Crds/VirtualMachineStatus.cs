using System.Text.Json.Serialization;

namespace Fairlead.Crds;

/// <summary>What the agent saw.</summary>
public sealed record VirtualMachineStatus
{
    /// <summary>Pending, Scheduling, Running, Succeeded or Failed.</summary>
    public VirtualMachinePhase? Phase { get; set; }

    /// <summary>Ready, NetworkReady and what else is known; each with a reason.</summary>
    public IReadOnlyList<VirtualMachineCondition> Conditions { get; set; } = [];

    /// <summary>The vNICs as they are set up.</summary>
    public IReadOnlyList<InterfaceStatus> Interfaces { get; set; } = [];

    /// <summary>The node on which the VM runs.</summary>
    public string? Node { get; set; }

    /// <summary>On a cluster: by which launcher pod the VM was placed on the node; the controller's.</summary>
    public VirtualMachinePlacement? Placement { get; set; }

    /// <summary>On a cluster: the last placement of which nothing is left on its node; the agent's.</summary>
    public string? Released { get; set; }

    /// <summary>kvm or qemu: what executes the guest's code.</summary>
    public string? Hypervisor { get; set; }

    /// <summary>The metadata.generation that this status describes.</summary>
    public long? ObservedGeneration { get; set; }
}

/// <summary>A VM is handed to a node once, and taken back only when the node's agent has released it (ADR 19).</summary>
public sealed record VirtualMachinePlacement
{
    /// <summary>UID of the launcher pod.</summary>
    public string Id { get; set; } = "";

    /// <summary>Why the agent is to shut the VM down and release it; null while it is to run.</summary>
    public string? Stop { get; set; }
}

[JsonConverter(typeof(JsonStringEnumConverter<VirtualMachinePhase>))]
public enum VirtualMachinePhase
{
    /// <summary>Accepted, nothing done yet.</summary>
    Pending,

    /// <summary>Its networks and its domain are being set up.</summary>
    Scheduling,

    Running,

    /// <summary>The guest ended in order, or the VM was stopped.</summary>
    Succeeded,

    /// <summary>It could not be started, or the guest crashed; the conditions say why.</summary>
    Failed,
}

/// <summary>A condition with the meaning that Kubernetes gives the word.</summary>
public sealed record VirtualMachineCondition
{
    /// <summary>Ready, NetworkReady and others.</summary>
    public string Type { get; set; } = "";

    /// <summary>True, False or Unknown.</summary>
    public ConditionStatus Status { get; set; } = ConditionStatus.Unknown;

    /// <summary>One word in CamelCase for programs.</summary>
    public string? Reason { get; set; }

    /// <summary>A sentence for people.</summary>
    public string? Message { get; set; }

    /// <summary>When the status became what it is.</summary>
    public DateTimeOffset? LastTransitionTime { get; set; }

    /// <summary>The metadata.generation that this condition describes.</summary>
    public long? ObservedGeneration { get; set; }
}

[JsonConverter(typeof(JsonStringEnumConverter<ConditionStatus>))]
public enum ConditionStatus
{
    Unknown,
    True,
    False,
}

/// <summary>One vNIC as the agent set it up.</summary>
public sealed record InterfaceStatus
{
    /// <summary>The vNIC's name in the spec.</summary>
    public string Name { get; set; } = "";

    /// <summary>The MAC address that the guest has.</summary>
    public string? Mac { get; set; }

    /// <summary>The first of its addresses.</summary>
    public string? IpAddress { get; set; }

    /// <summary>All its addresses.</summary>
    public IReadOnlyList<string> IpAddresses { get; set; } = [];

    /// <summary>The VMI interface in the libvirt pod.</summary>
    public string? PodInterfaceName { get; set; }

    /// <summary>up or down.</summary>
    public string? LinkState { get; set; }

    /// <summary>The CNI network.</summary>
    public string? Network { get; set; }
}
