using Fairlead.Netlink;

namespace Fairlead.Standalone.Networks;

/// <summary>
/// A link with the name and the addresses of one that has gone, in a namespace of its own, for DEL alone: bridge and ptp
/// (1.1.1) know by the addresses on the link which masquerading rules they have made on the node. Without one they leave
/// them, and later cannot remove the chain that these lead to.
/// </summary>
internal sealed class StandInInterface : IDisposable
{
    private StandInInterface(string path) => Path = path;

    /// <summary>Where its namespace is.</summary>
    public string Path { get; }

    /// <param name="path">For its namespace; what an earlier run has left there goes.</param>
    /// <param name="name">The link's.</param>
    /// <param name="addresses">The link's.</param>
    /// <param name="cancellationToken">Nothing is left then.</param>
    public static async Task<StandInInterface> CreateAsync(
        string path,
        string name,
        IEnumerable<InterfaceAddress> addresses,
        CancellationToken cancellationToken
    )
    {
        NetworkNamespace.Delete(path);
        StandInInterface standIn = new(path);
        try
        {
            using NetworkNamespace netns = NetworkNamespace.Create(path);
            await using RouteSocket route = await RouteSocket.OpenAsync(netns, cancellationToken);
            Link link = await route.AddBridgeAsync(name, cancellationToken: cancellationToken);
            foreach (InterfaceAddress address in addresses)
                await route.AddAddressAsync(
                    link.Index,
                    address,
                    AddressFlags.NoPrefixRoute | AddressFlags.NoDuplicateDetection,
                    cancellationToken: cancellationToken
                );
            return standIn;
        }
        catch
        {
            standIn.Dispose();
            throw;
        }
    }

    public void Dispose() => NetworkNamespace.Delete(Path);
}
