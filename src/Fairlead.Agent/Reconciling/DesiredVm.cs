using Fairlead.Crds;

namespace Fairlead.Agent.Reconciling;

/// <summary>What is wanted of one virtual machine.</summary>
/// <param name="Vm">The object, or null when its manifest is not valid.</param>
/// <param name="Source">Path of the file, or the name of the source.</param>
/// <param name="DocumentIndex">Which of the file's documents it is.</param>
/// <param name="Problem">Why there is no object.</param>
internal sealed record DesiredVm(VirtualMachine? Vm, string Source, int DocumentIndex, string? Problem);
