namespace Fairlead.Crds;

/// <summary>Everything that can be wrong with a virtual machine by itself, all at once. Pure: no file is looked at.</summary>
public static class VirtualMachineValidator
{
    public static IReadOnlyList<ValidationError> Validate(VirtualMachine vm)
    {
        Validation.Errors errors = new();
        Validation.HeaderRules.Check(vm, errors);
        return errors.ToList();
    }
}
