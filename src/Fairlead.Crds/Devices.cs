namespace Fairlead.Crds;

/// <summary><c>&lt;devices&gt;</c>.</summary>
public sealed record DomainDevices
{
    /// <summary>Disks and CD-ROM drives.</summary>
    public IReadOnlyList<Disk> Disks { get; set; } = [];

    /// <summary>vNICs. Each pod-network one becomes an endpoint of a CNI network, with an address of its own.</summary>
    public IReadOnlyList<DomainInterface> Interfaces { get; set; } = [];

    /// <summary>Serial ports; one if not given.</summary>
    public IReadOnlyList<SerialDevice> Serials { get; set; } = [];

    /// <summary>Consoles; one if not given.</summary>
    public IReadOnlyList<ConsoleDevice> Consoles { get; set; } = [];

    /// <summary>Screens, shown by VNC; none if not given.</summary>
    public IReadOnlyList<GraphicsDevice> Graphics { get; set; } = [];

    /// <summary>Sources of randomness; one from /dev/urandom if not given.</summary>
    public IReadOnlyList<RngDevice> Rngs { get; set; } = [];
}

/// <summary><c>&lt;disk type='file' device='disk'&gt;</c>.</summary>
public sealed record Disk
{
    /// <summary>file or block; if not given, by the source that is given.</summary>
    public string? Type { get; set; }

    /// <summary>disk or cdrom; disk if not given.</summary>
    public string? Device { get; set; }

    public DiskDriver? Driver { get; set; }

    /// <summary>Where the data are; an empty drive may have none.</summary>
    public DiskSource? Source { get; set; }

    /// <summary>How the guest sees it.</summary>
    public DiskTarget? Target { get; set; }

    /// <summary>Whether the guest may only read; a CD-ROM is always read-only.</summary>
    public bool? Readonly { get; set; }

    /// <summary>A serial number that the guest sees, at most 20 characters.</summary>
    public string? Serial { get; set; }

    public DeviceBoot? Boot { get; set; }
}

public sealed record DiskDriver
{
    public string? Name { get; set; }

    public string? Type { get; set; }

    /// <summary>default, none, writethrough, writeback, directsync or unsafe.</summary>
    public string? Cache { get; set; }
}

/// <summary>Where the disk's data are on the node: a file, or a block device.</summary>
public sealed record DiskSource
{
    /// <summary>Absolute path of an image file on the node.</summary>
    public string? File { get; set; }

    /// <summary>On the node: the path of a block device under /dev. In the guest: a name as vda.</summary>
    public string? Dev { get; set; }
}

public sealed record DiskTarget
{
    /// <summary>On the node: the path of a block device under /dev. In the guest: a name as vda.</summary>
    public string? Dev { get; set; }

    /// <summary>virtio or sata.</summary>
    public string? Bus { get; set; }
}

/// <summary><c>&lt;boot order='1'/&gt;</c> of a device.</summary>
public sealed record DeviceBoot
{
    /// <summary>1 is tried first.</summary>
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

    /// <summary>The port's number; the next free one if not given.</summary>
    public int? Port { get; set; }
}

/// <summary><c>&lt;graphics type='vnc'&gt;</c>.</summary>
public sealed record GraphicsDevice
{
    public string? Type { get; set; }

    /// <summary>The port's number; the next free one if not given.</summary>
    public int? Port { get; set; }

    /// <summary>Whether libvirt chooses the port.</summary>
    public bool? Autoport { get; set; }

    /// <summary>The address to listen on; 127.0.0.1 of the libvirt pod if not given.</summary>
    public string? Listen { get; set; }
}

/// <summary><c>&lt;rng model='virtio'&gt;</c>.</summary>
public sealed record RngDevice
{
    public string? Model { get; set; }

    /// <summary>Where the randomness comes from.</summary>
    public RngBackend? Backend { get; set; }
}

/// <summary><c>&lt;backend model='random'&gt;/dev/urandom&lt;/backend&gt;</c>.</summary>
public sealed record RngBackend
{
    public string? Model { get; set; }

    public string? Value { get; set; }
}
