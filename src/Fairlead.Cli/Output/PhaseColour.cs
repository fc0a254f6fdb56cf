using Fairlead.Crds;

namespace Fairlead.Cli.Output;

/// <summary>Colours of a VM's phase on a terminal, by SGR sequences (ECMA-48 8.3.117).</summary>
internal static class PhaseColour
{
    private const string Reset = "\e[0m";

    public static string Of(string phase) =>
        phase switch
        {
            nameof(VirtualMachinePhase.Running) => "\e[32m" + phase + Reset,
            nameof(VirtualMachinePhase.Failed) => "\e[31m" + phase + Reset,
            nameof(VirtualMachinePhase.Pending) or nameof(VirtualMachinePhase.Scheduling) => "\e[33m" + phase + Reset,
            nameof(VirtualMachinePhase.Succeeded) => "\e[36m" + phase + Reset,
            _ => phase,
        };
}
