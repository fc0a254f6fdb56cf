using Fairlead.Crds;

namespace Fairlead.Cli.Output;

/// <summary>What becomes of a pod-network vNIC's endpoint when its machine stops, as its manifest has it.</summary>
internal static class AddressPolicyText
{
    /// <summary>Of each vNIC that has one, by its name.</summary>
    public static IReadOnlyDictionary<string, string> Of(VirtualMachine vm) =>
        vm.Defaulted()
            .Spec.Domain.Devices.Interfaces.Where(vnic => vnic.Type == InterfaceTypes.PodNetwork)
            .ToDictionary(
                vnic => vnic.Name!,
                vnic => vnic.AddressPolicy ?? AddressPolicies.Release,
                StringComparer.Ordinal
            );
}
