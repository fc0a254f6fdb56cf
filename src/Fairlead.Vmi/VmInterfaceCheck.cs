using Fairlead.Libvirt;
using Fairlead.Netlink;

namespace Fairlead.Vmi;

/// <summary>
/// Looks at a set-up vNIC without changing anything. CNI's CHECK cannot do this: it would miss the address, which has
/// moved to the guest.
/// </summary>
public sealed class VmInterfaceCheck(RouteSocket route, LibvirtSession libvirt)
{
    /// <returns>What is wrong, in words; empty when frames and DHCP get through as far as the node can tell.</returns>
    public async Task<IReadOnlyList<string>> FindFaultsAsync(
        AttachmentRecord record,
        CancellationToken cancellationToken
    )
    {
        VnicNames names = record.Names;
        if (record.Endpoint is null)
            return [$"vNIC {record.Vnic} has no endpoint of network {record.Network ?? "(default)"} yet"];
        List<string> faults = [];
        Link? vmInterface = await route.GetLinkAsync(names.VmInterface, cancellationToken);
        Link? bridge = await route.GetLinkAsync(names.Bridge, cancellationToken);
        Link? tap = await route.GetLinkAsync(names.Tap, cancellationToken);
        CheckLink(vmInterface, names.VmInterface, "VMI interface");
        CheckLink(bridge, names.Bridge, "bridge");
        CheckLink(tap, names.Tap, "tap");
        CheckPort(vmInterface, "VMI interface");
        CheckPort(tap, "tap");
        if (vmInterface is not null)
        {
            foreach (AssignedAddress address in await route.ListAddressesAsync(vmInterface.Index, cancellationToken))
                faults.Add($"VMI interface {names.VmInterface} has an address again: {address.Address}");
        }

        LibvirtConnection connection = await libvirt.GetAsync(cancellationToken);
        Network? network = await connection.FindNetworkAsync(names.LibvirtNetwork, cancellationToken);
        if (network is null || !await network.IsActiveAsync(cancellationToken))
            faults.Add($"libvirt network {names.LibvirtNetwork} is not active: nobody answers DHCP");
        return faults;

        void CheckLink(Link? link, string name, string what)
        {
            if (link is null)
                faults.Add($"{what} {name} is gone");
            else if (!link.IsUp)
                faults.Add($"{what} {name} is down");
        }

        void CheckPort(Link? link, string what)
        {
            if (link is not null && bridge is not null && link.MasterIndex != bridge.Index)
                faults.Add($"{what} {link.Name} is not a port of bridge {names.Bridge}");
        }
    }
}
