using Fairlead.Libvirt;
using Fairlead.Netlink;

namespace Fairlead.Vmi;

/// <summary>
/// Looks at a set-up vNIC without changing anything. CNI's CHECK cannot do this: it would miss the address, which has
/// moved to the guest.
/// </summary>
public sealed class VmInterfaceCheck(RouteSocket route, LibvirtSession libvirt)
{
    /// <returns>What is wrong; empty when frames and DHCP get through as far as the node can tell.</returns>
    public async Task<IReadOnlyList<VnicFault>> FindFaultsAsync(
        AttachmentRecord record,
        CancellationToken cancellationToken
    )
    {
        if (record.Endpoint is not { } endpoint)
            return
            [
                new VnicFault(
                    VnicFaultKind.EndpointUnknown,
                    record.Vnic,
                    $"vNIC {record.Vnic}",
                    $"has no endpoint of network {record.Network ?? "(default)"} yet",
                    "wait for the next pass of the agent; its log says what is in the way"
                ),
            ];
        VnicNames names = record.Names;
        VnicLinks links = new(
            await route.GetLinkAsync(names.VmInterface, cancellationToken),
            await route.GetLinkAsync(names.Bridge, cancellationToken),
            await route.GetLinkAsync(names.Tap, cancellationToken)
        );
        IReadOnlyList<AssignedAddress> addresses = links.VmInterface is { } vmInterface
            ? await route.ListAddressesAsync(vmInterface.Index, cancellationToken)
            : [];
        LibvirtConnection connection = await libvirt.GetAsync(cancellationToken);
        Network? network = await connection.FindNetworkAsync(names.LibvirtNetwork, cancellationToken);
        VnicState state = new(
            links,
            [.. addresses.Select(a => a.Address)],
            IsNetworkActive: network is not null && await network.IsActiveAsync(cancellationToken),
            IsDhcpServerAlive: endpoint.DhcpAddress is null || DhcpServer.FindProcess(names.LibvirtNetwork) is not null
        );
        return [.. VnicFaults.Of(names, endpoint, state).OrderBy(fault => fault.Kind)];
    }
}

/// <summary>The three links of a vNIC on the node; null for one that is not there.</summary>
internal sealed record VnicLinks(Link? VmInterface, Link? Bridge, Link? Tap);

/// <summary>What was read of a vNIC's parts.</summary>
internal sealed record VnicState(
    VnicLinks Links,
    IReadOnlyList<InterfaceAddress> Addresses,
    bool IsNetworkActive,
    bool IsDhcpServerAlive
);
