namespace Fairlead.Crds.Validation;

/// <summary>spec.domain but for its devices.</summary>
internal static class DomainRules
{
    // QEMU's q35 without an IOMMU ends at 255 vCPUs (8-bit APIC IDs).
    public const int MostVcpus = 255;
    private const long LeastMemory = 1 << 20;

    public static void Check(DomainSpec domain, string path, Errors errors)
    {
        errors.Known(path + ".type", domain.Type, DomainTypes.Known, "domain type");
        if (domain.Memory is { } memory)
            Check(memory, path + ".memory", errors);
        errors.Range(path + ".vcpu", domain.Vcpu, 1, MostVcpus);
        if (domain.Cpu is { } cpu)
            CpuRules.Check(cpu, domain.Vcpu, path + ".cpu", errors);
        if (domain.Os is { } os)
            Check(os, path + ".os", errors);
        DeviceRules.Check(domain.Devices, domain.Os?.Boot is { Count: > 0 }, path + ".devices", errors);
    }

    private static void Check(DomainMemory memory, string path, Errors errors)
    {
        errors.Known(path + ".unit", memory.Unit, MemoryUnits.Known, "unit of memory");
        if (memory.Value is not long value)
            errors.Add(path + ".value", Wording.Required("value: 256"));
        else if (value < 0)
            errors.Add(path + ".value", Wording.AtLeast(1));
        else if (memory.Unit is null || MemoryUnits.BytesOf(memory.Unit) is not null)
            CheckSize(memory, path, errors);
    }

    private static void CheckSize(DomainMemory memory, string path, Errors errors)
    {
        if (memory.Bytes is not long bytes)
            errors.Add(path, "is more than 8 EiB (2^63 bytes)");
        else if (bytes < LeastMemory)
            errors.Add(path, $"is less than 1 MiB; the unit is {memory.Unit ?? MemoryUnits.Default}");
    }

    private static void Check(DomainOs os, string path, Errors errors)
    {
        if (os.Type is { } type)
        {
            errors.Known(path + ".type.value", type.Value, OsTypes.Known, "type of operating system");
            errors.Known(path + ".type.arch", type.Arch, OsTypes.KnownArches, "architecture");
            errors.Matches(path + ".type.machine", type.Machine, Syntax.IsMachine, "a machine type, as q35");
        }
        errors.MatchesText(path + ".kernel", os.Kernel, Syntax.IsAbsolutePath, Wording.AbsolutePath);
        errors.MatchesText(path + ".initrd", os.Initrd, Syntax.IsAbsolutePath, Wording.AbsolutePath);
        errors.MatchesText(
            path + ".cmdline",
            os.Cmdline,
            Syntax.IsCommandLine,
            "a kernel command line (less than 2048 characters)"
        );
        if (os is { Kernel: null, Initrd: not null })
            errors.Add(path + ".initrd", Wording.Needs("kernel"));
        if (os is { Kernel: null, Cmdline: not null })
            errors.Add(path + ".cmdline", Wording.Needs("kernel"));
        for (int i = 0; i < os.Boot.Count; i++)
            CheckBoot(os.Boot[i], FieldPath.Item(path + ".boot", i) + ".dev", errors);
    }

    private static void CheckBoot(OsBoot boot, string path, Errors errors)
    {
        if (boot.Dev is "")
            errors.Add(path, Wording.Required("dev: hd"));
        else
            errors.Known(path, boot.Dev, OsTypes.KnownBootDevices, "boot device");
    }
}
