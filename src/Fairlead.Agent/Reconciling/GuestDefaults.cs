using Fairlead.Crds;

namespace Fairlead.Agent.Reconciling;

/// <summary>The node's own guest, for manifests that name nothing to boot.</summary>
internal static class GuestDefaults
{
    /// <summary>The object with the default guest's kernel when it names no kernel, no disk and no boot device. Pure.</summary>
    public static VirtualMachine Apply(VirtualMachine vm, DefaultGuest? guest)
    {
        DomainSpec domain = vm.Spec.Domain;
        bool namesSomething =
            domain.Os is { Kernel: not null } or { Boot: not [] }
            || domain.Devices.Disks is not []
            || domain.Devices.Interfaces.Any(nic => nic.Boot is not null);
        if (guest is null || namesSomething)
            return vm;
        DomainOs os = (domain.Os ?? new DomainOs()) with
        {
            Kernel = guest.Kernel,
            Initrd = guest.Initrd,
            Cmdline = guest.CommandLine,
        };
        return vm with { Spec = vm.Spec with { Domain = domain with { Os = os } } };
    }
}
