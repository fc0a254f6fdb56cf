using System.Text.Json.Serialization;

namespace Fairlead.Crds;

// Naming: spec.domain follows libvirt's domain XML (https://libvirt.org/formatdomain.html). Elements and
// attributes keep their names in camelCase. An element that has only text is a scalar; an element with attributes that
// we use is an object whose text is `value`; repeated elements are a list under the plural.

/// <summary><c>&lt;domain&gt;</c>.</summary>
public sealed record DomainSpec
{
    /// <summary><see cref="DomainTypes"/>; null: the node decides (kvm where it is usable, else qemu).</summary>
    public string? Type { get; set; }

    public DomainMemory? Memory { get; set; }

    public int? Vcpu { get; set; }

    public DomainCpu? Cpu { get; set; }

    public DomainOs? Os { get; set; }

    public DomainDevices Devices { get; set; } = new();
}

/// <summary><c>&lt;memory unit='MiB'&gt;256&lt;/memory&gt;</c>.</summary>
public sealed record DomainMemory
{
    public long? Value { get; set; }

    /// <summary>One of <see cref="MemoryUnits"/>; null means KiB, as in libvirt.</summary>
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
    public string? Mode { get; set; }

    public string? Match { get; set; }

    public string? Check { get; set; }

    public CpuModel? Model { get; set; }

    public CpuTopology? Topology { get; set; }

    public IReadOnlyList<CpuFeature> Features { get; set; } = [];
}

public sealed record CpuModel
{
    public string? Value { get; set; }

    public string? Fallback { get; set; }
}

/// <summary><c>&lt;topology sockets='1' dies='1' cores='2' threads='1'/&gt;</c>; what is not given counts as 1.</summary>
public sealed record CpuTopology
{
    public int? Sockets { get; set; }

    public int? Dies { get; set; }

    public int? Cores { get; set; }

    public int? Threads { get; set; }

    /// <summary>The number of vCPUs that this topology makes.</summary>
    [JsonIgnore]
    public long Product => (long)(Sockets ?? 1) * (Dies ?? 1) * (Cores ?? 1) * (Threads ?? 1);
}

public sealed record CpuFeature
{
    public string? Policy { get; set; }

    public string Name { get; set; } = "";
}

/// <summary><c>&lt;os&gt;</c>: firmware boot, or a kernel loaded by the host.</summary>
public sealed record DomainOs
{
    public OsType? Type { get; set; }

    /// <summary>Absolute path of a kernel image on the node.</summary>
    public string? Kernel { get; set; }

    public string? Initrd { get; set; }

    public string? Cmdline { get; set; }

    public IReadOnlyList<OsBoot> Boot { get; set; } = [];
}

/// <summary><c>&lt;type arch='x86_64' machine='q35'&gt;hvm&lt;/type&gt;</c>.</summary>
public sealed record OsType
{
    public string? Value { get; set; }

    public string? Arch { get; set; }

    public string? Machine { get; set; }
}

public sealed record OsBoot
{
    public string Dev { get; set; } = "";
}
