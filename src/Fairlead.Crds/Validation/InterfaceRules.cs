namespace Fairlead.Crds.Validation;

/// <summary>spec.domain.devices.interfaces.</summary>
internal static class InterfaceRules
{
    // ETH_MIN_MTU (include/uapi/linux/if_ether.h) and the largest IP packet.
    private const int LeastMtu = 68;
    private const int MostMtu = 65535;

    // virtio-net: VIRTIO_NET_CTRL_MQ_VQ_PAIRS_MAX is 0x8000, but a tap has MAX_TAP_QUEUES, 256.
    private const int MostQueues = 256;

    public static void Check(DomainInterface vnic, string path, Errors errors)
    {
        errors.Matches(path + ".name", vnic.Name, Syntax.IsDnsLabel, Wording.DnsLabel);
        errors.Known(path + ".type", vnic.Type, InterfaceTypes.Known, "interface type");
        CheckSource(vnic, path, errors);
        CheckMac(vnic.Mac?.Address, path + ".mac.address", errors);
        CheckIp(vnic.Ip, path + ".ip", errors);
        errors.Known(path + ".addressPolicy", vnic.AddressPolicy, AddressPolicies.Known, "address policy");
        errors.Known(path + ".model.type", vnic.Model?.Type, InterfaceModels.Known, "interface model");
        CheckDriver(vnic, path + ".driver", errors);
        CheckPodNetworkOnly(vnic, path, errors);
        if (vnic.DhcpOptions is { } dhcp)
            GuestFactRules.Check(dhcp, path + ".dhcpOptions", errors);
        if (vnic.Mtu is { Size: null })
            errors.Add(path + ".mtu.size", Wording.Required("size: 1500"));
        errors.Range(path + ".mtu.size", vnic.Mtu?.Size, LeastMtu, MostMtu);
        errors.Known(path + ".link.state", vnic.Link?.State, InterfaceModels.KnownLinkStates, "link state");
        if (vnic.Alias is { Name: "" })
            errors.Add(path + ".alias.name", Wording.Required("name: ua-uplink"));
        else
            errors.Matches(path + ".alias.name", vnic.Alias?.Name, Syntax.IsAlias, "an alias of the user's (ua-NAME)");
    }

    /// <summary>What concerns only vNICs that we set up: libvirt's own types are left to libvirt.</summary>
    private static void CheckPodNetworkOnly(DomainInterface vnic, string path, Errors errors)
    {
        if (vnic.Type is null or InterfaceTypes.PodNetwork || !InterfaceTypes.Known.Contains(vnic.Type))
            return;
        if (vnic.AntiSpoofing is not null)
            errors.Add(path + ".antiSpoofing", Wording.OnlyForPodNetwork(vnic.Type));
        if (vnic.Ip is not null)
            errors.Add(path + ".ip", Wording.OnlyForPodNetwork(vnic.Type));
        if (vnic.AddressPolicy is not null)
            errors.Add(path + ".addressPolicy", Wording.OnlyForPodNetwork(vnic.Type));
        if (vnic.DhcpOptions is not null)
            errors.Add(path + ".dhcpOptions", Wording.OnlyForPodNetwork(vnic.Type));
    }

    public static void CheckTogether(IReadOnlyList<DomainInterface> vnics, string path, Errors errors)
    {
        // An interface without a name has one too: net0 may be taken by the first or be said of the second.
        errors.Unique(Each((vnic, i) => vnic.Name ?? Defaults.InterfaceName(i), ".name"), StringComparer.Ordinal);
        errors.Unique(Each((vnic, _) => vnic.Mac?.Address, ".mac.address"), StringComparer.OrdinalIgnoreCase);
        // Two networks may have the same subnet.
        foreach (string network in vnics.Select(NetworkOf).Distinct(StringComparer.Ordinal))
            errors.Unique(
                Each((vnic, _) => NetworkOf(vnic) == network ? vnic.Ip?.Address : null, ".ip.address"),
                StringComparer.Ordinal
            );
        errors.Unique(Each((vnic, _) => vnic.Alias?.Name, ".alias.name"), StringComparer.Ordinal);

        IEnumerable<(string, string?)> Each(Func<DomainInterface, int, string?> value, string field) =>
            vnics.Select((vnic, i) => (FieldPath.Item(path, i) + field, value(vnic, i)));

        static string NetworkOf(DomainInterface vnic) => vnic.Source?.Network ?? "";
    }

    private static void CheckSource(DomainInterface vnic, string path, Errors errors)
    {
        string type = vnic.Type ?? InterfaceTypes.PodNetwork;
        string? network = vnic.Source?.Network;
        string? bridge = vnic.Source?.Bridge;
        if (type is InterfaceTypes.Network)
            errors.Matches(path + ".source.network", network, Syntax.IsLibvirtNetwork, "the name of a libvirt network");
        else if (type is InterfaceTypes.PodNetwork)
            errors.Matches(path + ".source.network", network, Syntax.IsCniNetwork, "a CNI network ([NAMESPACE/]NAME)");
        else if (type is InterfaceTypes.Bridge && network is not null)
            errors.Add(path + ".source.network", Wording.NotWith("type: bridge"));

        if (type is InterfaceTypes.Bridge)
            errors.Matches(path + ".source.bridge", bridge, Syntax.IsLinkName, "the name of a link (at most 15 bytes)");
        else if (bridge is not null && InterfaceTypes.Known.Contains(type, StringComparer.Ordinal))
            errors.Add(path + ".source.bridge", Wording.NotWith("type: " + type));

        if (type is InterfaceTypes.Network && network is null)
            errors.Add(path + ".source.network", Wording.Required("source: {network: default}"));
        if (type is InterfaceTypes.Bridge && bridge is null)
            errors.Add(path + ".source.bridge", Wording.Required("source: {bridge: br0}"));
    }

    private static void CheckMac(string? address, string path, Errors errors)
    {
        if (address is null)
            return;
        if (!Syntax.IsMacAddress(address))
            errors.Add(path, Wording.IsNot(Quoting.Quote(address), Wording.MacAddress));
        else if (Syntax.IsMulticast(address))
            errors.Add(path, Wording.Multicast(Quoting.Quote(address)));
        else if (Syntax.IsAllZero(address))
            errors.Add(path, Wording.AllZero(Quoting.Quote(address)));
    }

    private static void CheckIp(InterfaceIp? ip, string path, Errors errors)
    {
        if (ip is { Address: null })
            errors.Add(path + ".address", Wording.Required("address: 10.88.0.9"));
        errors.Matches(path + ".address", ip?.Address, Syntax.IsIPv4Address, "an IPv4 address");
        errors.Range(path + ".prefix", ip?.Prefix, 1, 32);
    }

    private static void CheckDriver(DomainInterface vnic, string path, Errors errors)
    {
        errors.Known(path + ".name", vnic.Driver?.Name, InterfaceModels.KnownDrivers, "interface driver");
        errors.Range(path + ".queues", vnic.Driver?.Queues, 1, MostQueues);
        // libvirt ignores the one and refuses the other; both are the user's mistake.
        bool hasDriver = vnic.Driver is { Name: not null } or { Queues: not null };
        if (hasDriver && vnic.Model?.Type is { } model and not InterfaceModels.Virtio)
            errors.Add(path, Wording.NotWith("model: {type: " + model + "}; only virtio has one"));
    }
}
