using Fairlead.Cni;
using Fairlead.Netlink;

namespace Fairlead.CniProxy.Verbs;

/// <summary>Looks at the links of a pod.</summary>
internal static class PodLinks
{
    /// <summary>Whether the pod has a link of that name; false when the pod's namespace is gone.</summary>
    public static async Task<bool> ExistsAsync(string netnsPath, string interfaceName)
    {
        NetworkNamespace netns;
        try
        {
            netns = NetworkNamespace.Open(netnsPath);
        }
        catch (Exception e) when (e is IOException or NetlinkException)
        {
            return false;
        }

        using (netns)
        {
            await using RouteSocket route = await RouteSocket.OpenAsync(netns);
            return await route.GetLinkAsync(interfaceName) is not null;
        }
    }

    /// <summary>
    /// Puts the addresses that ADD has assigned back on the link, for DEL alone. The pod has taken them off, since they are
    /// the guest's; but plugins look at the link, not at the result, for what they have set up per address: with ipMasq
    /// bridge and ptp (1.1.1, ip.DelLinkByNameAddr) would leave the masquerading rules of each on the node. Where the link
    /// itself is gone, deleted by hand, another one stands in for it.
    /// </summary>
    /// <returns>Whether one stands in.</returns>
    public static async Task<bool> GiveAddressesBackAsync(string netnsPath, string interfaceName, CniResult result)
    {
        try
        {
            using NetworkNamespace netns = NetworkNamespace.Open(netnsPath);
            await using RouteSocket route = await RouteSocket.OpenAsync(netns);
            CniIp[] ips = [.. result.Ips.Where(ip => IsOf(ip, interfaceName, result))];
            Link? link = await route.GetLinkAsync(interfaceName);
            bool standsIn = link is null && ips is not [];
            if (standsIn)
                link = await route.AddBridgeAsync(interfaceName); // one that DEL finds and deletes, of any kind
            foreach (CniIp ip in ips)
            {
                InterfaceAddress address = new(ip.Address.Address, ip.Address.PrefixLength);
                await GiveBackAsync(route, link!.Index, address);
            }

            return standsIn;
        }
        catch (Exception e) when (e is IOException or NetlinkException)
        {
            return false; // the pod is going meanwhile; DEL is what matters, and it copes with that
        }
    }

    /// <summary>Takes a link away that stood in for another one; absent is success.</summary>
    public static async Task DeleteAsync(string netnsPath, string interfaceName)
    {
        try
        {
            using NetworkNamespace netns = NetworkNamespace.Open(netnsPath);
            await using RouteSocket route = await RouteSocket.OpenAsync(netns);
            if (await route.GetLinkAsync(interfaceName) is { } link)
                await route.DeleteLinkAsync(link.Index);
        }
        catch (Exception e) when (e is IOException or NetlinkException)
        {
            // It has gone with its namespace.
        }
    }

    private static async Task GiveBackAsync(RouteSocket route, int ifIndex, InterfaceAddress address)
    {
        // No route of it: traffic of the pod itself must not take this way even now.
        const AddressFlags flags = AddressFlags.NoPrefixRoute | AddressFlags.NoDuplicateDetection;
        try
        {
            await route.AddAddressAsync(ifIndex, address, flags);
        }
        catch (NetlinkException e) when (e.Errno is Errno.EEXIST or Errno.EACCES)
        {
            // It is still there, or IPv6 is off on the link; the other addresses may be given back all the same.
        }
    }

    private static bool IsOf(CniIp ip, string interfaceName, CniResult result) =>
        ip.InterfaceIndex is not { } index
        || (index >= 0 && index < result.Interfaces.Count && result.Interfaces[index].Name == interfaceName);
}
