namespace Fairlead.Crds;

/// <summary><c>&lt;devices&gt;</c>.</summary>
public sealed record DomainDevices
{
    public IReadOnlyList<Disk> Disks { get; set; } = [];

    public IReadOnlyList<DomainInterface> Interfaces { get; set; } = [];

    public IReadOnlyList<SerialDevice> Serials { get; set; } = [];

    public IReadOnlyList<ConsoleDevice> Consoles { get; set; } = [];

    public IReadOnlyList<GraphicsDevice> Graphics { get; set; } = [];

    public IReadOnlyList<RngDevice> Rngs { get; set; } = [];
}

/// <summary><c>&lt;disk type='file' device='disk'&gt;</c>.</summary>
public sealed record Disk
{
    /// <summary><see cref="DiskTypes"/>; null: by the source that is given.</summary>
    public string? Type { get; set; }

    public string? Device { get; set; }

    public DiskDriver? Driver { get; set; }

    public DiskSource? Source { get; set; }

    public DiskTarget? Target { get; set; }

    public bool? Readonly { get; set; }

    public string? Serial { get; set; }

    public DeviceBoot? Boot { get; set; }
}

public sealed record DiskDriver
{
    public string? Name { get; set; }

    public string? Type { get; set; }

    public string? Cache { get; set; }
}

/// <summary>Where the disk's data are on the node: a file, or a block device.</summary>
public sealed record DiskSource
{
    public string? File { get; set; }

    public string? Dev { get; set; }
}

public sealed record DiskTarget
{
    public string? Dev { get; set; }

    public string? Bus { get; set; }
}

/// <summary><c>&lt;boot order='1'/&gt;</c> of a device.</summary>
public sealed record DeviceBoot
{
    public int? Order { get; set; }
}

/// <summary><c>&lt;serial type='pty'&gt;</c>.</summary>
public sealed record SerialDevice
{
    public string? Type { get; set; }

    public DeviceTarget? Target { get; set; }
}

/// <summary><c>&lt;console type='pty'&gt;</c>.</summary>
public sealed record ConsoleDevice
{
    public string? Type { get; set; }

    public DeviceTarget? Target { get; set; }
}

/// <summary><c>&lt;target type='serial' port='0'/&gt;</c>.</summary>
public sealed record DeviceTarget
{
    public string? Type { get; set; }

    public int? Port { get; set; }
}

/// <summary><c>&lt;graphics type='vnc'&gt;</c>.</summary>
public sealed record GraphicsDevice
{
    public string? Type { get; set; }

    public int? Port { get; set; }

    public bool? Autoport { get; set; }

    public string? Listen { get; set; }
}

/// <summary><c>&lt;rng model='virtio'&gt;</c>.</summary>
public sealed record RngDevice
{
    public string? Model { get; set; }

    public RngBackend? Backend { get; set; }
}

/// <summary><c>&lt;backend model='random'&gt;/dev/urandom&lt;/backend&gt;</c>.</summary>
public sealed record RngBackend
{
    public string? Model { get; set; }

    public string? Value { get; set; }
}
