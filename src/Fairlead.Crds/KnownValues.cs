namespace Fairlead.Crds;

// The words that libvirt's schema allows in each place, as far as Fairlead passes them on.

public static class RunStrategies
{
    public const string Always = "Always";
    public const string RerunOnFailure = "RerunOnFailure";
    public const string Halted = "Halted";
    public static readonly IReadOnlyList<string> Known = [Always, RerunOnFailure, Halted];
}

/// <summary>Kubernetes' words for tolerations.</summary>
public static class Tolerations
{
    public static readonly IReadOnlyList<string> KnownOperators = ["Exists", "Equal"];
    public static readonly IReadOnlyList<string> KnownEffects = ["NoSchedule", "PreferNoSchedule", "NoExecute"];
}

public static class DomainTypes
{
    public const string Kvm = "kvm";
    public const string Qemu = "qemu";
    public static readonly IReadOnlyList<string> Known = [Kvm, Qemu];
}

/// <summary>libvirt's memory units: https://libvirt.org/formatdomain.html#memory-allocation.</summary>
public static class MemoryUnits
{
    public const string Default = "KiB";

    public static readonly IReadOnlyList<string> Known =
    [
        "b",
        "bytes",
        "KB",
        "k",
        "KiB",
        "MB",
        "M",
        "MiB",
        "GB",
        "G",
        "GiB",
        "TB",
        "T",
        "TiB",
    ];

    /// <summary>Bytes in one unit; null when the unit is not known.</summary>
    public static long? BytesOf(string unit) =>
        unit switch
        {
            "b" or "bytes" => 1,
            "KB" => 1_000,
            "k" or "KiB" => 1L << 10,
            "MB" => 1_000_000,
            "M" or "MiB" => 1L << 20,
            "GB" => 1_000_000_000,
            "G" or "GiB" => 1L << 30,
            "TB" => 1_000_000_000_000,
            "T" or "TiB" => 1L << 40,
            _ => null,
        };
}

public static class CpuModes
{
    public const string Custom = "custom";
    public const string HostModel = "host-model";
    public const string HostPassthrough = "host-passthrough";
    public const string Maximum = "maximum";
    public static readonly IReadOnlyList<string> Known = [Custom, HostModel, HostPassthrough, Maximum];
    public static readonly IReadOnlyList<string> KnownMatches = ["minimum", "exact", "strict"];
    public static readonly IReadOnlyList<string> KnownChecks = ["none", "partial", "full"];
    public static readonly IReadOnlyList<string> KnownFallbacks = ["allow", "forbid"];
    public static readonly IReadOnlyList<string> KnownPolicies = ["force", "require", "optional", "disable", "forbid"];
}

public static class OsTypes
{
    public const string Hvm = "hvm";
    public const string X8664 = "x86_64";
    public static readonly IReadOnlyList<string> Known = [Hvm];
    public static readonly IReadOnlyList<string> KnownArches = [X8664];
    public static readonly IReadOnlyList<string> KnownBootDevices = ["hd", "network", "cdrom", "fd"];
}

public static class DiskTypes
{
    public const string File = "file";
    public const string Block = "block";
    public static readonly IReadOnlyList<string> Known = [File, Block];

    public const string DeviceDisk = "disk";
    public const string DeviceCdrom = "cdrom";
    public static readonly IReadOnlyList<string> KnownDevices = [DeviceDisk, DeviceCdrom];

    public const string BusVirtio = "virtio";
    public const string BusSata = "sata";
    public static readonly IReadOnlyList<string> KnownBuses = [BusVirtio, BusSata];

    public const string DriverQemu = "qemu";
    public const string Raw = "raw";
    public const string Qcow2 = "qcow2";
    public static readonly IReadOnlyList<string> KnownDrivers = [DriverQemu];
    public static readonly IReadOnlyList<string> KnownFormats = [Raw, Qcow2];

    public static readonly IReadOnlyList<string> KnownCaches =
    [
        "default",
        "none",
        "writethrough",
        "writeback",
        "directsync",
        "unsafe",
    ];
}

public static class InterfaceTypes
{
    /// <summary>The proposal's: an endpoint of a CNI network, for this vNIC alone.</summary>
    public const string PodNetwork = "pod-network";

    /// <summary>A libvirt network that somebody else made.</summary>
    public const string Network = "network";

    /// <summary>A bridge that somebody else made.</summary>
    public const string Bridge = "bridge";

    public static readonly IReadOnlyList<string> Known = [PodNetwork, Network, Bridge];
}

/// <summary>What becomes of a vNIC's endpoint while its VM does not run.</summary>
public static class AddressPolicies
{
    /// <summary>It is given back, and the network may give the address to somebody else.</summary>
    public const string Release = "Release";

    /// <summary>It is kept until the VM is deleted.</summary>
    public const string Retain = "Retain";

    public static readonly IReadOnlyList<string> Known = [Release, Retain];
}

/// <summary>A pod's policies.</summary>
public static class DnsPolicies
{
    public const string ClusterFirst = "ClusterFirst";
    public const string Default = "Default";
    public const string None = "None";
    public static readonly IReadOnlyList<string> Known = [ClusterFirst, Default, None];
}

public static class NetworkDataFormats
{
    /// <summary>A disk for the data source NoCloud, with a network configuration of version 2.</summary>
    public const string CloudInit = "cloud-init";

    public static readonly IReadOnlyList<string> Known = [CloudInit];
}

public static class InterfaceModels
{
    public const string Virtio = "virtio";

    // QEMU 7.2's `-nic model=help` has no igb (it came with 8.0).
    public static readonly IReadOnlyList<string> Known = [Virtio, "e1000", "e1000e", "rtl8139"];
    public static readonly IReadOnlyList<string> KnownDrivers = ["vhost", "qemu"];
    public static readonly IReadOnlyList<string> KnownLinkStates = ["up", "down"];
}

public static class CharacterDevices
{
    public const string Pty = "pty";
    public static readonly IReadOnlyList<string> Known = [Pty];
    public static readonly IReadOnlyList<string> KnownSerialTargets = ["isa-serial", "pci-serial", "usb-serial"];

    public const string ConsoleSerial = "serial";
    public static readonly IReadOnlyList<string> KnownConsoleTargets = [ConsoleSerial, "virtio"];
}

public static class GraphicsTypes
{
    public const string Vnc = "vnc";
    public static readonly IReadOnlyList<string> Known = [Vnc];
}

public static class RngModels
{
    public const string Virtio = "virtio";
    public const string BackendRandom = "random";
    public static readonly IReadOnlyList<string> Known = [Virtio];
    public static readonly IReadOnlyList<string> KnownBackends = [BackendRandom];
}

public static class ConditionTypes
{
    public const string Ready = "Ready";
    public const string NetworkReady = "NetworkReady";

    /// <summary>Only there when a vNIC does not have the MAC or the address that it should have kept.</summary>
    public const string IdentityKept = "IdentityKept";
}
