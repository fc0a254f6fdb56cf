namespace Fairlead.Crds.Reading;

internal static partial class VirtualMachineBinder
{
    private static DomainDevices Devices(ObjectReader reader) =>
        new()
        {
            Disks = reader.List("disks", "{source: {file: /var/lib/images/disk.img}}", Disk),
            Interfaces = reader.List("interfaces", "{type: pod-network}", Interface),
            Serials = reader.List("serials", "{type: pty}", Serial),
            Consoles = reader.List("consoles", "{type: pty}", Console),
            Graphics = reader.List("graphics", "{type: vnc}", Graphics),
            Rngs = reader.List("rngs", "{model: virtio}", Rng),
        };

    private static Disk Disk(ObjectReader reader) =>
        new()
        {
            Type = reader.String("type", DiskTypes.File),
            Device = reader.String("device", DiskTypes.DeviceDisk),
            Driver = reader.Object("driver", "{type: <qcow2>}", DiskDriver),
            Source = reader.Object("source", "{file: /var/lib/images/disk.img}", DiskSource),
            Target = reader.Object("target", "{dev: <vda>, bus: virtio}", DiskTarget),
            Readonly = reader.Bool("readonly", example: true),
            Serial = reader.String("serial", "disk-1"),
            Boot = reader.Object("boot", "{order: <1>}", Boot),
        };

    private static DiskDriver DiskDriver(ObjectReader reader) =>
        new()
        {
            Name = reader.String("name", DiskTypes.DriverQemu),
            Type = reader.String("type", DiskTypes.Qcow2),
            Cache = reader.String("cache", "none"),
        };

    private static DiskSource DiskSource(ObjectReader reader) =>
        new() { File = reader.String("file", "/var/lib/images/disk.img"), Dev = reader.String("dev", "/dev/sdb") };

    private static DiskTarget DiskTarget(ObjectReader reader) =>
        new() { Dev = reader.String("dev", "vda"), Bus = reader.String("bus", DiskTypes.BusVirtio) };

    private static DeviceBoot Boot(ObjectReader reader) => new() { Order = reader.Int("order", 1) };

    private static DomainInterface Interface(ObjectReader reader) =>
        new()
        {
            Name = reader.String("name", "net0"),
            Type = reader.String("type", InterfaceTypes.PodNetwork),
            Source = reader.Object("source", "{network: <storage>}", Source),
            Mac = reader.Object("mac", "{address: 52:54:00:12:34:56}", Mac),
            Ip = reader.Object("ip", "{address: 10.88.0.9}", Ip),
            AddressPolicy = reader.String("addressPolicy", AddressPolicies.Retain),
            Model = reader.Object("model", "{type: <virtio>}", Model),
            Driver = reader.Object("driver", "{name: <vhost>}", Driver),
            Mtu = reader.Object("mtu", "{size: <1500>}", Mtu),
            Link = reader.Object("link", "{state: <up>}", Link),
            Boot = reader.Object("boot", "{order: <1>}", Boot),
            Rom = reader.Object("rom", "{enabled: false}", Rom),
            Alias = reader.Object("alias", "{name: ua-uplink}", Alias),
            AntiSpoofing = reader.Bool("antiSpoofing", example: false),
            DhcpOptions = reader.Object("dhcpOptions", "{ntpServers: [10.0.0.1]}", DhcpOptions),
        };

    private static DhcpOptions DhcpOptions(ObjectReader reader) =>
        new()
        {
            BootFileName = reader.String("bootFileName", "pxelinux.0"),
            TftpServerName = reader.String("tftpServerName", "tftp.example.com"),
            NtpServers = reader.Strings("ntpServers", "10.0.0.1"),
            PrivateOptions = reader.List("privateOptions", "{option: 240, value: text}", PrivateOption),
        };

    private static DhcpPrivateOption PrivateOption(ObjectReader reader) =>
        new() { Option = reader.Int("option", 240), Value = reader.String("value", "text") };

    private static InterfaceSource Source(ObjectReader reader) =>
        new() { Network = reader.String("network", "storage"), Bridge = reader.String("bridge", "br0") };

    private static InterfaceMac Mac(ObjectReader reader) =>
        new() { Address = reader.String("address", "52:54:00:12:34:56") };

    private static InterfaceIp Ip(ObjectReader reader) =>
        new() { Address = reader.String("address", "10.88.0.9"), Prefix = reader.Int("prefix", 24) };

    private static InterfaceModel Model(ObjectReader reader) =>
        new() { Type = reader.String("type", InterfaceModels.Virtio) };

    private static InterfaceDriver Driver(ObjectReader reader) =>
        new() { Name = reader.String("name", "vhost"), Queues = reader.Int("queues", 2) };

    private static InterfaceMtu Mtu(ObjectReader reader) => new() { Size = reader.Int("size", 1500) };

    private static InterfaceLink Link(ObjectReader reader) => new() { State = reader.String("state", "up") };

    private static InterfaceRom Rom(ObjectReader reader) =>
        new() { Enabled = reader.Bool("enabled", example: false), Bar = reader.Bool("bar", example: false) };

    private static DeviceAlias Alias(ObjectReader reader) => new() { Name = reader.String("name", "ua-uplink") ?? "" };

    private static SerialDevice Serial(ObjectReader reader) =>
        new()
        {
            Type = reader.String("type", CharacterDevices.Pty),
            Target = reader.Object("target", "{port: <0>}", target => Target(target, "isa-serial")),
        };

    private static ConsoleDevice Console(ObjectReader reader) =>
        new()
        {
            Type = reader.String("type", CharacterDevices.Pty),
            Target = reader.Object(
                "target",
                "{type: <serial>}",
                target => Target(target, CharacterDevices.ConsoleSerial)
            ),
        };

    private static DeviceTarget Target(ObjectReader reader, string type) =>
        new() { Type = reader.String("type", type), Port = reader.Int("port", 0) };

    private static GraphicsDevice Graphics(ObjectReader reader) =>
        new()
        {
            Type = reader.String("type", GraphicsTypes.Vnc),
            Port = reader.Int("port", 5900),
            Autoport = reader.Bool("autoport", example: true),
            Listen = reader.String("listen", Defaults.VncListen),
        };

    private static RngDevice Rng(ObjectReader reader) =>
        new()
        {
            Model = reader.String("model", RngModels.Virtio),
            Backend = reader.Object("backend", "{model: random, value: /dev/urandom}", RngBackend),
        };

    private static RngBackend RngBackend(ObjectReader reader) =>
        new()
        {
            Model = reader.String("model", RngModels.BackendRandom),
            Value = reader.String("value", Defaults.RandomSource),
        };
}
