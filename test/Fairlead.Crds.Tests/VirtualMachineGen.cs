using CsCheck;

namespace Fairlead.Crds.Tests;

/// <summary>Valid virtual machines of every shape, for properties.</summary>
internal static class VirtualMachineGen
{
    private static readonly Gen<string> s_label = Gen.String[Gen.Char["abcxyz019"], 1, 12];

    // Words that some YAML reader takes for something else, and characters that must be escaped.
    private static readonly Gen<string> s_text = Gen.OneOf(
        Gen.OneOf("yes", "No", "null", "~", "0123", "1e3", "0x1F", "1_000", "12:34:56", "2026-01-31", "- a", "a: b"),
        Gen.OneOf("", " a ", "#x", "a #b", "*x", "&x", "!x", "{a", "[b", "%c", "@d", "`e", "|", ">", "=", "<<", "?"),
        Gen.String[Gen.Char["ab \"'\\/:#,{}[]&*!|>%@`-?\n\t\u0085\u00a0\u00e9\u2028\ufeff\u4e2d"], 0, 12],
        Gen.OneOf("😀", "a\u007fb", "\u0001", "line\r\nline", "\ud83d\ude00\ud83d\ude01", "trailing\n\n")
    );

    private static readonly Gen<string> s_path = Gen.String[Gen.Char["ab/ -_.:#'\"é中{}&"], 0, 12].Select(s => "/" + s);

    private static readonly Gen<DateTimeOffset> s_time = Gen.Long[0, 4_000_000_000]
        .Select(DateTimeOffset.FromUnixTimeSeconds);

    public static Gen<VirtualMachine> Machines { get; } =
        Gen.Select(
            Metadata(),
            Spec(),
            Status(),
            (metadata, spec, status) =>
                new VirtualMachine
                {
                    Metadata = metadata,
                    Spec = spec,
                    Status = status,
                }
        );

    private static Gen<ObjectMeta> Metadata() =>
        Gen.Select(
            s_label,
            s_label,
            Gen.Dictionary(s_label, s_label)[0, 3],
            Gen.Dictionary(s_label, s_text)[0, 4],
            s_time,
            Gen.Bool,
            (name, space, labels, annotations, time, full) =>
                new ObjectMeta
                {
                    Name = name,
                    Namespace = space,
                    Labels = labels,
                    Annotations = annotations,
                    Uid = full ? "1e4c1b7e-0000-4000-8000-000000000000" : null,
                    Generation = full ? 7 : null,
                    CreationTimestamp = full ? time : null,
                }
        );

    private static Gen<VirtualMachineSpec> Spec() =>
        Gen.Select(
            Gen.Bool,
            Gen.Int[0, 1000],
            Os(),
            Disk().List[0, 3],
            Interface().List[0, 3],
            Gen.Int[0, 4],
            (running, grace, os, disks, vnics, kind) =>
                new VirtualMachineSpec
                {
                    Running = running,
                    TerminationGracePeriodSeconds = grace,
                    Domain = new DomainSpec
                    {
                        Type = kind > 2 ? "qemu" : null,
                        Memory = kind > 1 ? new DomainMemory { Value = 1L << (20 + kind), Unit = "b" } : null,
                        Vcpu = kind > 0 ? kind : null,
                        Cpu =
                            kind > 3
                                ? new DomainCpu
                                {
                                    Mode = "custom",
                                    Model = new CpuModel { Value = "n270" },
                                }
                                : null,
                        Os = os,
                        Devices = new DomainDevices
                        {
                            Disks = disks,
                            // Names and addresses are unique by their index.
                            Interfaces = [.. vnics.Select((vnic, i) => vnic(i))],
                            Graphics = kind > 2 ? [new GraphicsDevice { Autoport = true, Listen = "::" }] : [],
                        },
                    },
                }
        );

    private static Gen<DomainOs?> Os() =>
        Gen.Select(
            Gen.Int[0, 2],
            s_path,
            s_text.Where(text => !text.Any(char.IsControl)),
            (kind, path, cmdline) =>
                kind switch
                {
                    0 => null,
                    1 => new DomainOs
                    {
                        Kernel = path,
                        Initrd = path,
                        Cmdline = cmdline,
                    },
                    _ => new DomainOs { Boot = [new OsBoot { Dev = "hd" }, new OsBoot { Dev = "network" }] },
                }
        );

    private static Gen<Disk> Disk() =>
        Gen.Select(
            s_path,
            Gen.Bool,
            (path, full) =>
                new Disk
                {
                    Source = new DiskSource { File = path },
                    Driver = full ? new DiskDriver { Type = "qcow2", Cache = "none" } : null,
                    Readonly = full ? true : null,
                    Serial = full ? "0123 4" : null,
                }
        );

    private static Gen<Func<int, DomainInterface>> Interface() =>
        Gen.Select(
            Gen.Int[0, 0xffff],
            Gen.Bool,
            Gen.Bool,
            Gen.OneOf("virtio", "e1000", null),
            (number, full, flag, model) =>
                (Func<int, DomainInterface>)(
                    index => new DomainInterface
                    {
                        Name = full ? FormattableString.Invariant($"nic{index}") : null,
                        Type = flag ? "pod-network" : null,
                        Mac = new InterfaceMac
                        {
                            Address = FormattableString.Invariant(
                                $"02:00:{index:x2}:00:{number >> 8:x2}:{number & 255:x2}"
                            ),
                        },
                        Model = new InterfaceModel { Type = model },
                        Mtu = full ? new InterfaceMtu { Size = 1400 } : null,
                        Rom = full ? new InterfaceRom { Enabled = flag } : null,
                        Alias = full ? new DeviceAlias { Name = FormattableString.Invariant($"ua-{index}") } : null,
                    }
                )
        );

    private static Gen<VirtualMachineStatus?> Status() =>
        Gen.Select(
            Gen.Bool,
            Gen.Enum<VirtualMachinePhase>(),
            Gen.Enum<ConditionStatus>(),
            s_text,
            s_time,
            (some, phase, condition, message, time) =>
                some
                    ? new VirtualMachineStatus
                    {
                        Phase = phase,
                        Conditions =
                        [
                            new VirtualMachineCondition
                            {
                                Type = "Ready",
                                Status = condition,
                                Message = message,
                                LastTransitionTime = time,
                            },
                        ],
                        Interfaces =
                        [
                            new InterfaceStatus
                            {
                                Name = "net0",
                                IpAddress = "10.0.0.1",
                                IpAddresses = ["10.0.0.1", "::1"],
                            },
                        ],
                        ObservedGeneration = 3,
                    }
                    : null
        );
}
