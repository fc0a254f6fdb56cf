namespace Fairlead.Crds.Validation;

internal static class HeaderRules
{
    public static void Check(VirtualMachine vm, Errors errors)
    {
        if (vm.ApiVersion != VirtualMachine.GroupVersion)
            errors.Add("apiVersion", Wording.Required("apiVersion: " + VirtualMachine.GroupVersion));
        if (vm.Kind != VirtualMachine.KindName)
            errors.Add("kind", Wording.Required("kind: " + VirtualMachine.KindName));
    }
}
