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
}
