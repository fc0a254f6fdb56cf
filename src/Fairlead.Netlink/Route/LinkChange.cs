namespace Fairlead.Netlink;

/// <summary>What to change of a link. What is null stays as it is.</summary>
public sealed record LinkChange
{
    /// <summary>Up or down.</summary>
    public bool? Up { get; init; }

    /// <summary>Largest packet, without the link-layer header.</summary>
    public int? MtuBytes { get; init; }

    /// <summary>Link-layer address. veth, bridge and tap take it while up; some hardware says EBUSY.</summary>
    public MacAddress? MacAddress { get; init; }

    /// <summary>New name, at most 15 bytes. Before Linux 6.2 the link has to be down (EBUSY).</summary>
    public string? Name { get; init; }

    /// <summary>Free text of at most 255 bytes in UTF-8; empty removes it.</summary>
    public string? Alias { get; init; }

    /// <summary>Index of the bridge to become a port of; 0 to be no port any more.</summary>
    public int? MasterIndex { get; init; }

    /// <summary>How the IPv6 link-local address is made. Applied before everything else, so that Up makes none.</summary>
    public AddressGenerationMode? AddressGenerationMode { get; init; }
}

/// <summary>Properties of a new bridge. What is null is the kernel's default.</summary>
public sealed record BridgeOptions
{
    /// <summary>Link-layer address. Without one the bridge takes the lowest of its ports', and changes as they do.</summary>
    public MacAddress? MacAddress { get; init; }

    /// <summary>MTU. Without one the bridge takes the smallest of its ports'.</summary>
    public int? MtuBytes { get; init; }

    /// <summary>Whether it speaks the spanning tree protocol. Default: no.</summary>
    public bool? SpanningTree { get; init; }

    /// <summary>How long a new port listens and learns before it forwards. Without spanning tree it is not used.</summary>
    public TimeSpan? ForwardDelay { get; init; }

    /// <summary>How long a learnt address is kept. Default: 300 s.</summary>
    public TimeSpan? AgeingTime { get; init; }

    /// <summary>Whether multicast goes only to ports that asked for it. Default: yes.</summary>
    public bool? MulticastSnooping { get; init; }

    /// <summary>Whether frames are filtered by VLAN. Default: no.</summary>
    public bool? VlanFiltering { get; init; }

    /// <summary>Which link-local frames (01:80:c2:00:00:0X, one bit each) are forwarded. Default: none.</summary>
    public ushort? GroupForwardMask { get; init; }
}
