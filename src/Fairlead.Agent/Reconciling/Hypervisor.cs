using Fairlead.Crds;
using Fairlead.Vmi;

namespace Fairlead.Agent.Reconciling;

/// <summary>What this node can execute guests with.</summary>
internal static class Hypervisor
{
    /// <summary>
    /// KVM counts only when the device opens and the processor shows its virtualization extension, as virt-host-validate
    /// judges: there are machines where the device opens and guests hang.
    /// </summary>
    /// <param name="kvmDevice">/dev/kvm, or a file that is there where another container can open it.</param>
    public static NodeDefaults Detect(string kvmDevice) =>
        new(IsKvmUsable(kvmDevice, "/proc/cpuinfo") ? DomainTypes.Kvm : DomainTypes.Qemu);

    internal static bool IsKvmUsable(string devicePath, string processorPath)
    {
        try
        {
            using FileStream device = new(devicePath, FileMode.Open, FileAccess.ReadWrite);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }

        return File.ReadLines(processorPath)
                .FirstOrDefault(line => line.StartsWith("flags", StringComparison.Ordinal))
                ?.Split(' ')
                .Any(flag => flag is "vmx" or "svm") == true;
    }
}
