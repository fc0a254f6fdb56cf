using Fairlead.Netlink;

namespace Fairlead.Vmi;

/// <summary>Compares what was read of a vNIC with what it should be. Pure.</summary>
internal static class VnicFaults
{
    public static IEnumerable<VnicFault> Of(VnicNames names, VnicEndpoint endpoint, VnicState state) =>
        [
            .. OfVmInterface(names, endpoint, state),
            .. OfBridge(names, endpoint, state.Links.Bridge),
            .. OfNetwork(names, state),
            .. OfTap(names, state.Links),
        ];

    private static IEnumerable<VnicFault> OfVmInterface(VnicNames names, VnicEndpoint endpoint, VnicState state)
    {
        string name = names.VmInterface;
        if (state.Links.VmInterface is not { } link)
        {
            yield return Fault(
                VnicFaultKind.VmInterfaceMissing,
                "is gone",
                "ask CNI for it anew: the agent does, unless fairlead.dev/repair is \"off\""
            );
            yield break;
        }

        if (!link.IsUp)
            yield return Fault(VnicFaultKind.VmInterfaceDown, "is down", $"ip link set {name} up");
        if (link.MacAddress == endpoint.Mac)
            yield return Fault(
                VnicFaultKind.VmInterfaceHasGuestMac,
                $"has the guest's MAC {endpoint.Mac}: its bridge keeps the guest's frames",
                $"ip link set {name} address {new MacAddress(names.VmInterfaceMac())}"
            );
        foreach (InterfaceAddress address in state.Addresses)
            yield return Fault(
                VnicFaultKind.VmInterfaceHasAddress,
                $"has an address again: {address}",
                $"ip addr del {address} dev {name}"
            );
        if (link.MtuBytes != endpoint.MtuBytes)
            yield return Fault(
                VnicFaultKind.VmInterfaceMtu,
                $"has an MTU of {link.MtuBytes}, not the network's {endpoint.MtuBytes}",
                $"ip link set {name} mtu {endpoint.MtuBytes}"
            );
        if (state.Links.Bridge is { } bridge && link.MasterIndex != bridge.Index)
            yield return Fault(
                VnicFaultKind.VmInterfaceNotOnBridge,
                $"is not a port of bridge {names.Bridge}",
                $"ip link set {name} master {names.Bridge}"
            );

        VnicFault Fault(VnicFaultKind kind, string seen, string remedy) =>
            new(kind, names.Vnic, $"VMI interface {name}", seen, remedy);
    }

    private static IEnumerable<VnicFault> OfBridge(VnicNames names, VnicEndpoint endpoint, Link? bridge)
    {
        string name = names.Bridge;
        if (bridge is null)
        {
            yield return Fault(
                VnicFaultKind.BridgeMissing,
                "is gone",
                $"virsh net-destroy {names.LibvirtNetwork}, then stop and start the VM"
            );
            yield break;
        }

        if (!bridge.IsUp)
            yield return Fault(VnicFaultKind.BridgeDown, "is down", $"ip link set {name} up");
        if (bridge.MtuBytes != endpoint.MtuBytes)
            yield return Fault(
                VnicFaultKind.BridgeMtu,
                $"has an MTU of {bridge.MtuBytes}, not the network's {endpoint.MtuBytes}",
                $"ip link set {name} mtu {endpoint.MtuBytes}"
            );

        VnicFault Fault(VnicFaultKind kind, string seen, string remedy) =>
            new(kind, names.Vnic, $"bridge {name}", seen, remedy);
    }

    private static IEnumerable<VnicFault> OfNetwork(VnicNames names, VnicState state)
    {
        string network = names.LibvirtNetwork;
        if (!state.IsNetworkActive)
            yield return new VnicFault(
                VnicFaultKind.NetworkInactive,
                names.Vnic,
                $"libvirt network {network}",
                "is not active: nobody answers DHCP",
                "stop and start the VM"
            );
        else if (!state.IsDhcpServerAlive)
            yield return new VnicFault(
                VnicFaultKind.DhcpServerDead,
                names.Vnic,
                $"DHCP server of libvirt network {network}",
                "does not run",
                "restart libvirtd: it starts the dnsmasq of every active network that has none"
            );
    }

    private static IEnumerable<VnicFault> OfTap(VnicNames names, VnicLinks links)
    {
        string name = names.Tap;
        if (links.Tap is not { } tap)
        {
            yield return Fault(VnicFaultKind.TapMissing, "is gone", "stop and start the VM: QEMU holds the other end");
            yield break;
        }

        if (!tap.IsUp)
            yield return Fault(VnicFaultKind.TapDown, "is down", $"ip link set {name} up");
        if (links.Bridge is { } bridge && tap.MasterIndex != bridge.Index)
            yield return Fault(
                VnicFaultKind.TapNotOnBridge,
                $"is not a port of bridge {names.Bridge}",
                $"ip link set {name} master {names.Bridge}"
            );

        VnicFault Fault(VnicFaultKind kind, string seen, string remedy) =>
            new(kind, names.Vnic, $"tap {name}", seen, remedy);
    }
}
