namespace Fairlead.Crds;

/// <summary>A vNIC: <c>&lt;interface type='...'&gt;</c>, with the proposal's type <c>pod-network</c> beside libvirt's own.</summary>
public sealed record DomainInterface
{
    /// <summary>A DNS label, unique within the VM; null: <c>net</c> and the index.</summary>
    public string? Name { get; set; }

    /// <summary><see cref="InterfaceTypes"/>; null: pod-network.</summary>
    public string? Type { get; set; }

    public InterfaceSource? Source { get; set; }

    public InterfaceMac? Mac { get; set; }

    public InterfaceModel? Model { get; set; }

    public InterfaceDriver? Driver { get; set; }

    public InterfaceMtu? Mtu { get; set; }

    public InterfaceLink? Link { get; set; }

    public DeviceBoot? Boot { get; set; }

    public InterfaceRom? Rom { get; set; }

    public DeviceAlias? Alias { get; set; }

    /// <summary>
    /// Whether the guest is held to its own MAC and addresses, on networks that give addresses; null: true. For
    /// pod-network only.
    /// </summary>
    public bool? AntiSpoofing { get; set; }

    /// <summary>More for the guest by DHCP. For pod-network only.</summary>
    public DhcpOptions? DhcpOptions { get; set; }
}

/// <summary>DHCP options that the network does not know of.</summary>
public sealed record DhcpOptions
{
    /// <summary>Option 67.</summary>
    public string? BootFileName { get; set; }

    /// <summary>Option 66.</summary>
    public string? TftpServerName { get; set; }

    /// <summary>Option 42, IPv4 addresses.</summary>
    public IReadOnlyList<string> NtpServers { get; set; } = [];

    public IReadOnlyList<DhcpPrivateOption> PrivateOptions { get; set; } = [];
}

/// <summary>An option of the site's own.</summary>
public sealed record DhcpPrivateOption
{
    /// <summary>224 to 254 (RFC 3942).</summary>
    public int? Option { get; set; }

    /// <summary>Text, as it is sent.</summary>
    public string? Value { get; set; }
}

/// <summary>
/// For pod-network: <c>network: [NAMESPACE/]NAME</c>, a CNI network other than the default one. For network: the libvirt
/// network. For bridge: the bridge's link name.
/// </summary>
public sealed record InterfaceSource
{
    public string? Network { get; set; }

    public string? Bridge { get; set; }
}

public sealed record InterfaceMac
{
    public string? Address { get; set; }
}

public sealed record InterfaceModel
{
    public string? Type { get; set; }
}

public sealed record InterfaceDriver
{
    public string? Name { get; set; }

    public int? Queues { get; set; }
}

public sealed record InterfaceMtu
{
    /// <summary>Bytes.</summary>
    public int? Size { get; set; }
}

public sealed record InterfaceLink
{
    public string? State { get; set; }
}

/// <summary>The boot ROM of the NIC; <c>enabled: no</c> spares the iPXE time at boot.</summary>
public sealed record InterfaceRom
{
    public bool? Enabled { get; set; }

    public bool? Bar { get; set; }
}

/// <summary><c>&lt;alias name='ua-uplink'/&gt;</c>: libvirt keeps a user's alias only with the prefix <c>ua-</c>.</summary>
public sealed record DeviceAlias
{
    public string Name { get; set; } = "";
}
