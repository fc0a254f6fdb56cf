using System.Text.Json.Serialization;

namespace Fairlead.Crds;

// Naming: spec.domain follows libvirt's domain XML (https://libvirt.org/formatdomain.html). Elements and
// attributes keep their names in camelCase. An element that has only text is a scalar; an element with attributes that
// we use is an object whose text is `value`; repeated elements are a list under the plural.

/// <summary><c>&lt;domain&gt;</c>.</summary>
public sealed record DomainSpec
{
    /// <summary>kvm or qemu; if not given the node decides (kvm where it is usable, else qemu).</summary>
    public string? Type { get; set; }

    /// <summary>The guest's memory; 256 MiB if not given.</summary>
    public DomainMemory? Memory { get; set; }

    /// <summary>Number of virtual CPUs, 1 to 255; 1, or what the topology makes, if not given.</summary>
    public int? Vcpu { get; set; }

    /// <summary>The CPU that the guest sees; the node's own choice if not given.</summary>
    public DomainCpu? Cpu { get; set; }

    /// <summary>What is booted, and how; the firmware looks for a disk if not given.</summary>
    public DomainOs? Os { get; set; }

    /// <summary>Disks, vNICs, consoles and the like.</summary>
    public DomainDevices Devices { get; set; } = new();
}

/// <summary><c>&lt;memory unit='MiB'&gt;256&lt;/memory&gt;</c>.</summary>
public sealed record DomainMemory
{
    /// <summary>The amount, in units.</summary>
    public long? Value { get; set; }

    /// <summary>KiB, MiB, GiB or another of libvirt's units; KiB if not given, as in libvirt.</summary>
    public string? Unit { get; set; }

    /// <summary>The size in bytes, or null when the unit is unknown or the size does not fit.</summary>
    [JsonIgnore]
    public long? Bytes =>
        Value is long value
        && value >= 0
        && MemoryUnits.BytesOf(Unit ?? MemoryUnits.Default) is long unit
        && value <= long.MaxValue / unit
            ? value * unit
            : null;
}

/// <summary><c>&lt;cpu mode='custom'&gt;</c>.</summary>
public sealed record DomainCpu
{
    /// <summary>custom, host-model, host-passthrough or maximum.</summary>
    public string? Mode { get; set; }

    /// <summary>How exactly the guest's CPU must be the model: minimum, exact or strict.</summary>
    public string? Match { get; set; }

    /// <summary>What libvirt checks before the start: none, partial or full.</summary>
    public string? Check { get; set; }

    /// <summary>A CPU model by name; for mode custom only.</summary>
    public CpuModel? Model { get; set; }

    /// <summary>Sockets, dies, cores and threads; their product is the number of vCPUs.</summary>
    public CpuTopology? Topology { get; set; }

    /// <summary>CPU features to force, require, disable or forbid; each name once.</summary>
    public IReadOnlyList<CpuFeature> Features { get; set; } = [];
}

public sealed record CpuModel
{
    public string? Value { get; set; }

    /// <summary>Whether a similar model will do: allow or forbid.</summary>
    public string? Fallback { get; set; }
}

/// <summary><c>&lt;topology sockets='1' dies='1' cores='2' threads='1'/&gt;</c>; what is not given counts as 1.</summary>
public sealed record CpuTopology
{
    /// <summary>Sockets; 1 if not given.</summary>
    public int? Sockets { get; set; }

    /// <summary>Dies in a socket; 1 if not given.</summary>
    public int? Dies { get; set; }

    /// <summary>Cores in a die; 1 if not given.</summary>
    public int? Cores { get; set; }

    /// <summary>Threads in a core; 1 if not given.</summary>
    public int? Threads { get; set; }

    /// <summary>The number of vCPUs that this topology makes.</summary>
    [JsonIgnore]
    public long Product => (long)(Sockets ?? 1) * (Dies ?? 1) * (Cores ?? 1) * (Threads ?? 1);
}

public sealed record CpuFeature
{
    /// <summary>force, require, optional, disable or forbid.</summary>
    public string? Policy { get; set; }

    public string Name { get; set; } = "";
}

/// <summary><c>&lt;os&gt;</c>: firmware boot, or a kernel loaded by the host.</summary>
public sealed record DomainOs
{
    /// <summary>Kind of machine.</summary>
    public OsType? Type { get; set; }

    /// <summary>Absolute path of a kernel image on the node.</summary>
    public string? Kernel { get; set; }

    /// <summary>Absolute path of an initial RAM disk on the node; with kernel only.</summary>
    public string? Initrd { get; set; }

    /// <summary>The kernel's command line, less than 2048 characters; with kernel only.</summary>
    public string? Cmdline { get; set; }

    /// <summary>Kinds of device to boot from, in order; not together with boot of single devices.</summary>
    public IReadOnlyList<OsBoot> Boot { get; set; } = [];
}

/// <summary><c>&lt;type arch='x86_64' machine='q35'&gt;hvm&lt;/type&gt;</c>.</summary>
public sealed record OsType
{
    public string? Value { get; set; }

    /// <summary>x86_64.</summary>
    public string? Arch { get; set; }

    /// <summary>QEMU machine type; q35 if not given.</summary>
    public string? Machine { get; set; }
}

public sealed record OsBoot
{
    /// <summary>hd, network, cdrom or fd.</summary>
    public string Dev { get; set; } = "";
}
