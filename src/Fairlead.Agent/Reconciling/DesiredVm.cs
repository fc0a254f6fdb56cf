using Fairlead.Crds;

namespace Fairlead.Agent.Reconciling;

/// <summary>What is wanted of one virtual machine.</summary>
/// <param name="Vm">The object, or null when its manifest is not valid.</param>
/// <param name="Source">Path of the file, or the name of the source.</param>
/// <param name="DocumentIndex">Which of the file's documents it is.</param>
/// <param name="Problem">Why there is no object.</param>
internal sealed record DesiredVm(VirtualMachine? Vm, string Source, int DocumentIndex, string? Problem)
{
    /// <summary>On a cluster: the object's metadata, also of one that is not valid.</summary>
    public ObjectMeta? Metadata { get; init; }

    /// <summary>On a cluster: by which placement the machine is here. One that is over is never begun again.</summary>
    public string? Placement { get; init; }

    /// <summary>On a cluster: why the placement is to end; null while it stands.</summary>
    public string? Stop { get; init; }

    /// <summary>False while the source cannot be asked whether the machine is still wanted here: what runs runs on.</summary>
    public bool MayStart { get; init; } = true;
}
