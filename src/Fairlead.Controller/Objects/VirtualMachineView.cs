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

    public bool IsReady => Status.Conditions.Any(c => c is { Type: "Ready", Status: "True" });

    /// <summary>Whether it is to run, now that it has come as far as its status says.</summary>
    public bool WantsToRun
    {
        get
        {
            if (IsDeleting)
                return false;
            bool succeeded = Status.Phase == "Succeeded";
            bool ended = succeeded || Status.Phase == "Failed";
            bool sameSpec = Status.ObservedGeneration == Metadata.Generation;
            return Spec.RunStrategy switch
            {
                "Always" => true,
                "Halted" => false,
                "RerunOnFailure" => !succeeded || !sameSpec,
                // What has ended by itself stays so until somebody changes the spec.
                _ => Spec.Running && !(ended && sameSpec),
            };
        }
    }
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
}
