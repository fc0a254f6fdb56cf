using System.Text.RegularExpressions;

namespace Fairlead.Crds.Reading;

internal static partial class VirtualMachineBinder
{
    private static DomainSpec Domain(ObjectReader reader) =>
        new()
        {
            Type = reader.String("type", DomainTypes.Kvm),
            Memory = reader.Object("memory", MemoryExample(reader), Memory),
            Vcpu = reader.Int("vcpu", 2),
            Cpu = reader.Object("cpu", "{mode: <host-passthrough>}", Cpu),
            Os = reader.Object("os", "{kernel: /boot/vmlinuz}", Os),
            Devices = reader.Object("devices", "{interfaces: [{type: pod-network}]}", Devices) ?? new DomainDevices(),
        };

    private static DomainMemory Memory(ObjectReader reader) =>
        new() { Value = reader.Long("value", 256), Unit = reader.String("unit", "MiB") };

    // People write Kubernetes' quantities here, or a small number, which they mean in MiB.
    private static string MemoryExample(ObjectReader reader)
    {
        const string example = "{value: 256, unit: MiB}";
        if (reader.Node.Find("memory")?.Value is not ScalarNode scalar)
            return example;
        Match quantity = Quantity.Match(scalar.Value);
        if (!quantity.Success)
            return example;
        string? unit = quantity.Groups["unit"].Value switch
        {
            "" => scalar.Value.Length < 7 ? "MiB" : "bytes",
            "Ki" or "KiB" => "KiB",
            "Mi" or "MiB" or "M" => "MiB",
            "Gi" or "GiB" or "G" => "GiB",
            "Ti" or "TiB" or "T" => "TiB",
            _ => null,
        };
        return unit is null ? example : $"{{value: {quantity.Groups["number"].Value}, unit: {unit}}}";
    }

    private static DomainCpu Cpu(ObjectReader reader) =>
        new()
        {
            Mode = reader.String("mode", CpuModes.HostPassthrough),
            Match = reader.String("match", "exact"),
            Check = reader.String("check", "partial"),
            Model = reader.Object("model", "{value: <Nehalem>}", CpuModel),
            Topology = reader.Object("topology", "{sockets: 1, cores: 2, threads: 1}", Topology),
            Features = reader.List("features", "{policy: require, name: vmx}", Feature),
        };

    private static CpuModel CpuModel(ObjectReader reader) =>
        new() { Value = reader.String("value", "Nehalem"), Fallback = reader.String("fallback", "allow") };

    private static CpuTopology Topology(ObjectReader reader) =>
        new()
        {
            Sockets = reader.Int("sockets", 1),
            Dies = reader.Int("dies", 1),
            Cores = reader.Int("cores", 2),
            Threads = reader.Int("threads", 1),
        };

    private static CpuFeature Feature(ObjectReader reader) =>
        new() { Policy = reader.String("policy", "require"), Name = reader.String("name", "vmx") ?? "" };

    private static DomainOs Os(ObjectReader reader) =>
        new()
        {
            Type = reader.Object("type", "{value: hvm, arch: x86_64, machine: q35}", OsType),
            Kernel = reader.String("kernel", "/boot/vmlinuz"),
            Initrd = reader.String("initrd", "/boot/initrd.img"),
            Cmdline = reader.String("cmdline", "console=ttyS0"),
            Boot = reader.List("boot", "{dev: hd}", OsBoot),
        };

    private static OsType OsType(ObjectReader reader) =>
        new()
        {
            Value = reader.String("value", OsTypes.Hvm),
            Arch = reader.String("arch", OsTypes.X8664),
            Machine = reader.String("machine", Defaults.Machine),
        };

    private static OsBoot OsBoot(ObjectReader reader) => new() { Dev = reader.String("dev", "hd") ?? "" };

    [GeneratedRegex(@"^(?<number>[1-9][0-9]{0,17})\s*(?<unit>[A-Za-z]*)\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Quantity { get; }
}
