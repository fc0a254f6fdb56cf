using Fairlead.Agent.Reconciling;
using Fairlead.Crds;
using Fairlead.Libvirt;
using Fairlead.Vmi;
using Fairlead.Vmi.Diagnosis;

namespace Fairlead.Agent.Api;

/// <summary>What is to be said of a machine before its vNICs are looked at. Pure.</summary>
internal static class MachineFindings
{
    /// <param name="machine">The machine as it is remembered.</param>
    /// <param name="domain">Its domain, or null when libvirt shows none.</param>
    public static Finding Of(VmRecord machine, DomainStatus? domain)
    {
        VirtualMachineCondition? ready = machine.Vm.Status?.Conditions.FirstOrDefault(c =>
            c.Type == ConditionTypes.Ready
        );
        if (machine.Digest.Length == 0)
            return Finding.Broken(Checks.Machine, $"{ready?.Message}", "mend its manifest: it was never accepted");
        return machine.Run switch
        {
            RunState.Started when domain?.State is DomainState.Paused => Finding.Warning(
                Checks.Machine,
                "its domain is paused: the guest answers nobody",
                $"`virsh resume {VnicNames.DomainNameOf(machine.Key)}` at the libvirt pod's libvirtd"
            ),
            RunState.Started => Finding.Ok(Checks.Machine, "its domain runs"),
            RunState.Ended => Finding.Skipped(Checks.Machine, $"it has ended: {ready?.Message}"),
            _ when machine.Vm.Spec.WhyHalted is { } halted => Finding.Skipped(Checks.Machine, halted),
            _ => Finding.Broken(
                Checks.Machine,
                $"it does not come to run: {ready?.Message}",
                "`fairlead describe vm` shows what was tried"
            ),
        };
    }

    /// <summary>The vNICs that a running machine should have and has no attachment for.</summary>
    public static IEnumerable<Finding> OfMissingVnics(VmRecord machine, IReadOnlyList<string> attached) =>
        machine.Run != RunState.Started
            ? []
            : machine
                .Vm.Defaulted()
                .Spec.Domain.Devices.Interfaces.Where(nic => nic.Type == InterfaceTypes.PodNetwork)
                .Select(nic => nic.Name)
                .Except(attached, StringComparer.Ordinal)
                .Select(vnic =>
                    Finding.Broken(
                        Checks.Attachment,
                        $"vNIC {vnic} has no attachment",
                        "`fairlead stop` and `fairlead start` make it anew"
                    )
                );

    public static Finding OfHypervisor(NodeDefaults node) =>
        node.DomainType == DomainTypes.Kvm
            ? Finding.Ok(Checks.Hypervisor, "KVM is usable")
            : Finding.Warning(
                Checks.Hypervisor,
                "no usable KVM: guests are emulated, many times slower",
                "is /dev/kvm there, and has the processor vmx or svm (nested virtualization, in a VM)?"
            );
}
