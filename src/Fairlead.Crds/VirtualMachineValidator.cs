using Fairlead.Crds.Validation;

namespace Fairlead.Crds;

/// <summary>
/// Everything that can be wrong with a virtual machine by itself, all at once. Pure: no file, no node, no other VM is
/// looked at. The rules stand beside each other in Validation/, one class per part of the object, so that a
/// CustomResourceDefinition can say the same in the same words (<see cref="Wording"/>).
/// </summary>
public static class VirtualMachineValidator
{
    public static IReadOnlyList<ValidationError> Validate(VirtualMachine vm)
    {
        Errors errors = new();
        if (vm.ApiVersion != VirtualMachine.GroupVersion)
            errors.Add("apiVersion", Wording.Required("apiVersion: " + VirtualMachine.GroupVersion));
        if (vm.Kind != VirtualMachine.KindName)
            errors.Add("kind", Wording.Required("kind: " + VirtualMachine.KindName));
        MetadataRules.Check(vm.Metadata, "metadata", errors);
        if (vm.Spec.TerminationGracePeriodSeconds < 0)
            errors.Add("spec.terminationGracePeriodSeconds", Wording.AtLeast(0));
        SchedulingRules.Check(vm.Spec, "spec", errors);
        if (vm.Spec.ReadinessProbe is { } probe)
            ProbeRules.Check(probe, "spec.readinessProbe", errors);
        GuestFactRules.Check(vm.Spec, "spec", errors);
        DomainRules.Check(vm.Spec.Domain, "spec.domain", errors);
        return errors.ToList();
    }
}
