using System.Globalization;
using System.Text.Json.Nodes;
using Fairlead.Kubernetes;

namespace Fairlead.Controller.Objects;

/// <summary>What the controller reads of a virtual machine. It writes by apply and patch only, so that nothing else is lost.</summary>
internal sealed record VirtualMachineView : IKubernetesObject
{
    public static ResourceType<VirtualMachineView> Resource { get; } =
        new(
            "fairlead.dev",
            "v1alpha1",
            "virtualmachines",
            ControllerJson.Default.VirtualMachineView,
            vm => vm.Metadata.Identity
        );

    public ObjectMeta Metadata { get; set; } = new();

    public VmSpec Spec { get; set; } = new();

    public VmStatus Status { get; set; } = new();

    public ObjectKey Key => Metadata.Identity.Key;

    public bool IsDeleting => Metadata.DeletionTimestamp is not null;

    public bool HasFinalizer => Metadata.Finalizers?.Contains(Names.Finalizer) == true;

    /// <summary>Has a node been told to run it, whatever has become of that?</summary>
    public bool IsPlaced => Status.Placement is not null;

    /// <summary>Has the agent said that nothing of it is left there?</summary>
    public bool IsReleased => Status.Placement is { } placement && Status.Released == placement.Id;

    public bool IsReady => Ready?.Status == "True";

    /// <summary>The same, of which nobody knows how it is.</summary>
    public VirtualMachineView Unknown() => this with { Status = Status with { Conditions = [] } };

    /// <summary>Has its guest ended by itself?</summary>
    public bool HasEnded => Status.Phase is "Succeeded" or "Failed";

    /// <summary>Another spec, or somebody has asked for another run since its guest ended.</summary>
    public bool HasChangedSinceItRan =>
        Status.ObservedGeneration != Metadata.Generation || StartAskedAt > Ready?.LastTransitionTime;

    private VmCondition? Ready => Status.Conditions.FirstOrDefault(c => c.Type == "Ready");

    private DateTimeOffset? StartAskedAt =>
        DateTimeOffset.TryParse(
            Metadata.Annotations?.GetValueOrDefault(Names.StartAnnotation),
            CultureInfo.InvariantCulture,
            out DateTimeOffset asked
        )
            ? asked
            : null;

    /// <summary>Whether it is to run, now that it has come as far as its status says.</summary>
    public bool WantsToRun =>
        !IsDeleting
        && Spec.Running
        && Spec.RunStrategy switch
        {
            "Always" => true,
            "Halted" => false,
            "RerunOnFailure" => Status.Phase != "Succeeded" || HasChangedSinceItRan,
            // What has ended by itself stays so until somebody changes the spec.
            _ => !HasEnded || HasChangedSinceItRan,
        };
}

internal sealed record VmSpec
{
    public bool Running { get; set; } = true;

    public string? RunStrategy { get; init; }

    public long TerminationGracePeriodSeconds { get; set; } = 30;

    public string? PriorityClassName { get; init; }

    // A pod's own fields, handed on as they are.
    public JsonObject? NodeSelector { get; init; }

    public JsonObject? Affinity { get; init; }

    public JsonArray? Tolerations { get; init; }

    public VmDomain Domain { get; set; } = new();
}

internal sealed record VmDomain
{
    public VmMemory? Memory { get; init; }

    public int? Vcpu { get; init; }

    public VmCpu? Cpu { get; init; }
}

internal sealed record VmMemory
{
    public long Value { get; init; }

    public string? Unit { get; init; }
}

internal sealed record VmCpu
{
    public VmTopology? Topology { get; init; }
}

internal sealed record VmTopology
{
    public int? Sockets { get; init; }

    public int? Dies { get; init; }

    public int? Cores { get; init; }

    public int? Threads { get; init; }

    public int Vcpus => (Sockets ?? 1) * (Dies ?? 1) * (Cores ?? 1) * (Threads ?? 1);
}

internal sealed record VmStatus
{
    public string? Phase { get; init; }

    public long? ObservedGeneration { get; init; }

    /// <summary>Ours: where it is to run.</summary>
    public string? Node { get; init; }

    /// <summary>Ours: by which launcher it was placed there.</summary>
    public VmPlacement? Placement { get; init; }

    /// <summary>The agent's: the last placement of which nothing is left on its node.</summary>
    public string? Released { get; init; }

    public IReadOnlyList<VmInterface> Interfaces { get; set; } = [];

    public IReadOnlyList<VmCondition> Conditions { get; set; } = [];
}

/// <param name="Id">UID of the launcher pod.</param>
/// <param name="Stop">Why the agent is to end it, or null.</param>
internal sealed record VmPlacement(string Id, string? Stop);

internal sealed record VmInterface
{
    public IReadOnlyList<string> IpAddresses { get; set; } = [];
}

internal sealed record VmCondition
{
    public string Type { get; set; } = "";

    public string Status { get; set; } = "";

    public DateTimeOffset? LastTransitionTime { get; init; }
}
