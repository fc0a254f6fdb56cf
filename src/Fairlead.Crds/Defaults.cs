using System.Globalization;

namespace Fairlead.Crds;

/// <summary>What holds where a manifest is silent. The only place that says so.</summary>
public static class Defaults
{
    public const string Namespace = "default";
    public const int TerminationGracePeriodSeconds = 30;
    public const long MemoryMebibytes = 256;
    public const int Vcpu = 1;
    public const string Machine = "q35";
    public const string RandomSource = "/dev/urandom";
    public const string VncListen = "127.0.0.1";

    /// <summary>The name of the interface at <paramref name="index"/> when it has none: net0, net1, ...</summary>
    public static string InterfaceName(int index) => string.Create(CultureInfo.InvariantCulture, $"net{index}");

    /// <summary>
    /// The spec that is carried out. <c>domain.type</c> and <c>domain.cpu</c> stay open: they depend on the node.
    /// </summary>
    public static VirtualMachineSpec Apply(VirtualMachineSpec spec)
    {
        DomainSpec domain = spec.Domain;
        return spec with
        {
            Domain = domain with
            {
                Memory = domain.Memory ?? new DomainMemory { Value = MemoryMebibytes, Unit = "MiB" },
                Vcpu = domain.Vcpu ?? (domain.Cpu?.Topology is { } topology ? (int)topology.Product : Vcpu),
                Os = Apply(domain.Os ?? new DomainOs()),
                Devices = Apply(domain.Devices),
            },
        };
    }

    private static DomainOs Apply(DomainOs os) =>
        os with
        {
            Type = new OsType
            {
                Value = os.Type?.Value ?? OsTypes.Hvm,
                Arch = os.Type?.Arch ?? OsTypes.X8664,
                Machine = os.Type?.Machine ?? Machine,
            },
        };

    private static DomainDevices Apply(DomainDevices devices) =>
        new()
        {
            Disks = ApplyDisks(devices.Disks),
            Interfaces = [.. devices.Interfaces.Select(Apply)],
            Serials = ApplySerials(devices),
            Consoles = ApplyConsoles(devices),
            Graphics = [.. devices.Graphics.Select(Apply)],
            Rngs = [.. (devices.Rngs is [] ? [new RngDevice()] : devices.Rngs).Select(Apply)],
        };

    private static DomainInterface Apply(DomainInterface vnic, int index) =>
        vnic with
        {
            Name = vnic.Name ?? InterfaceName(index),
            Type = vnic.Type ?? InterfaceTypes.PodNetwork,
            Model = new InterfaceModel { Type = vnic.Model?.Type ?? InterfaceModels.Virtio },
            Link = new InterfaceLink { State = vnic.Link?.State ?? "up" },
        };

    private static IReadOnlyList<Disk> ApplyDisks(IReadOnlyList<Disk> disks)
    {
        HashSet<string> taken = [.. disks.Select(disk => disk.Target?.Dev).OfType<string>()];
        return [.. disks.Select(disk => Apply(disk, taken))];
    }

    private static Disk Apply(Disk disk, HashSet<string> taken)
    {
        string device = disk.Device ?? DiskTypes.DeviceDisk;
        bool cdrom = device == DiskTypes.DeviceCdrom;
        // virtio-blk has no CD-ROM drive.
        string bus = disk.Target?.Bus ?? (cdrom ? DiskTypes.BusSata : DiskTypes.BusVirtio);
        return disk with
        {
            Type = disk.Type ?? (disk.Source?.Dev is null ? DiskTypes.File : DiskTypes.Block),
            Device = device,
            Driver = new DiskDriver
            {
                Name = disk.Driver?.Name ?? DiskTypes.DriverQemu,
                Type = disk.Driver?.Type ?? DiskTypes.Raw,
                Cache = disk.Driver?.Cache,
            },
            Target = new DiskTarget { Bus = bus, Dev = disk.Target?.Dev ?? FreeTarget(bus, taken) },
            Readonly = disk.Readonly ?? cdrom,
        };
    }

    private static string FreeTarget(string bus, HashSet<string> taken)
    {
        string prefix = bus == DiskTypes.BusVirtio ? "vd" : "sd";
        for (int index = 0; ; index++)
        {
            string name = prefix + Letters(index);
            if (taken.Add(name))
                return name;
        }
    }

    // a..z, aa..az, ba..: the kernel's own naming of disks.
    private static string Letters(int index) =>
        index < 26 ? ((char)('a' + index)).ToString() : Letters((index / 26) - 1) + (char)('a' + (index % 26));

    private static IReadOnlyList<SerialDevice> ApplySerials(DomainDevices devices) =>
        devices.Serials is []
            ?
            [
                new SerialDevice
                {
                    Type = CharacterDevices.Pty,
                    Target = new DeviceTarget { Port = 0 },
                },
            ]
            :
            [
                .. devices.Serials.Select(
                    (serial, index) =>
                        new SerialDevice
                        {
                            Type = serial.Type ?? CharacterDevices.Pty,
                            Target = (serial.Target ?? new DeviceTarget()) with { Port = serial.Target?.Port ?? index },
                        }
                ),
            ];

    private static IReadOnlyList<ConsoleDevice> ApplyConsoles(DomainDevices devices) =>
        [
            .. (devices.Consoles is [] ? [new ConsoleDevice()] : devices.Consoles).Select(
                (console, index) =>
                    new ConsoleDevice
                    {
                        Type = console.Type ?? CharacterDevices.Pty,
                        Target = new DeviceTarget
                        {
                            Type = console.Target?.Type ?? CharacterDevices.ConsoleSerial,
                            Port = console.Target?.Port ?? index,
                        },
                    }
            ),
        ];

    private static GraphicsDevice Apply(GraphicsDevice graphics) =>
        new()
        {
            Type = graphics.Type ?? GraphicsTypes.Vnc,
            Port = graphics.Port,
            Autoport = graphics.Autoport ?? graphics.Port is null,
            Listen = graphics.Listen ?? VncListen,
        };

    private static RngDevice Apply(RngDevice rng) =>
        new()
        {
            Model = rng.Model ?? RngModels.Virtio,
            Backend = new RngBackend
            {
                Model = rng.Backend?.Model ?? RngModels.BackendRandom,
                Value = rng.Backend?.Value ?? RandomSource,
            },
        };
}
