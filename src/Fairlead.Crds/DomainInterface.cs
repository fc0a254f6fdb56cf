namespace Fairlead.Crds;

/// <summary>A vNIC: <c>&lt;interface type='...'&gt;</c>, with the proposal's type <c>pod-network</c> beside libvirt's own.</summary>
public sealed record DomainInterface
{
    /// <summary>A DNS label, unique within the VM; null: <c>net</c> and the index.</summary>
    public string? Name { get; set; }

    /// <summary>pod-network, network or bridge; pod-network if not given.</summary>
    public string? Type { get; set; }

    /// <summary>The network that the vNIC is joined to.</summary>
    public InterfaceSource? Source { get; set; }

    /// <summary>The MAC address; the network's choice if not given.</summary>
    public InterfaceMac? Mac { get; set; }

    /// <summary>The address that it shall have; null: the network's choice. For pod-network only.</summary>
    public InterfaceIp? Ip { get; set; }

    /// <summary><see cref="AddressPolicies"/>; null: Release. For pod-network only.</summary>
    public string? AddressPolicy { get; set; }

    /// <summary>The network card that the guest sees.</summary>
    public InterfaceModel? Model { get; set; }

    /// <summary>The backend; for model virtio only.</summary>
    public InterfaceDriver? Driver { get; set; }

    /// <summary>The MTU that is announced to the guest; the network's if not given.</summary>
    public InterfaceMtu? Mtu { get; set; }

    /// <summary>Whether the cable is plugged in.</summary>
    public InterfaceLink? Link { get; set; }

    /// <summary>The place in the boot order.</summary>
    public DeviceBoot? Boot { get; set; }

    /// <summary>The boot ROM of the card.</summary>
    public InterfaceRom? Rom { get; set; }

    /// <summary>A name of the user's for libvirt.</summary>
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
    /// <summary>For pod-network a CNI network, [NAMESPACE/]NAME; for network a libvirt network.</summary>
    public string? Network { get; set; }

    /// <summary>Link name of a bridge of the libvirt pod, for type bridge.</summary>
    public string? Bridge { get; set; }
}

public sealed record InterfaceMac
{
    /// <summary>Six octets, as in 52:54:00:12:34:56; neither multicast nor all zeros.</summary>
    public string? Address { get; set; }
}

/// <summary>The address that a vNIC shall have; its network needs the capability <c>ips</c>.</summary>
public sealed record InterfaceIp
{
    /// <summary>IPv4.</summary>
    public string? Address { get; set; }

    /// <summary>Length of its network's prefix; null leaves it to the network, as all but the static plugin know it.</summary>
    public int? Prefix { get; set; }
}

public sealed record InterfaceModel
{
    public string? Type { get; set; }
}

public sealed record InterfaceDriver
{
    public string? Name { get; set; }

    /// <summary>Number of queue pairs, 1 to 256.</summary>
    public int? Queues { get; set; }
}

public sealed record InterfaceMtu
{
    /// <summary>Bytes.</summary>
    public int? Size { get; set; }
}

public sealed record InterfaceLink
{
    /// <summary>up or down.</summary>
    public string? State { get; set; }
}

/// <summary>The boot ROM of the NIC; <c>enabled: no</c> spares the iPXE time at boot.</summary>
public sealed record InterfaceRom
{
    /// <summary>Whether the ROM is loaded.</summary>
    public bool? Enabled { get; set; }

    /// <summary>Whether the ROM shows in the guest's PCI space.</summary>
    public bool? Bar { get; set; }
}

/// <summary><c>&lt;alias name='ua-uplink'/&gt;</c>: libvirt keeps a user's alias only with the prefix <c>ua-</c>.</summary>
public sealed record DeviceAlias
{
    public string Name { get; set; } = "";
}
