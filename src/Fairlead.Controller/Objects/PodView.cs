using Fairlead.Kubernetes;

namespace Fairlead.Controller.Objects;

/// <summary>What the controller reads of a launcher pod.</summary>
internal sealed record PodView : IKubernetesObject
{
    public static ResourceType<PodView> Resource { get; } =
        new("", "v1", "pods", ControllerJson.Default.PodView, pod => pod.Metadata.Identity);

    public ObjectMeta Metadata { get; set; } = new();

    public PodViewSpec Spec { get; set; } = new();

    public PodViewStatus Status { get; set; } = new();

    public string Uid => Metadata.Uid ?? "";

    public bool IsDeleting => Metadata.DeletionTimestamp is not null;

    public bool IsOf(VirtualMachineView vm) =>
        Metadata.OwnerReferences?.Any(owner => owner.Uid == vm.Metadata.Uid) == true;

    /// <summary>It has ended, by eviction for instance, and will not run again.</summary>
    public bool HasEnded => Status.Phase is "Failed" or "Succeeded";
}

internal sealed record PodViewSpec
{
    public string? NodeName { get; init; }
}

internal sealed record PodViewStatus
{
    public string? Phase { get; init; }
}
