using Fairlead.Netlink.Interop;
using Fairlead.Netlink.Wire;
using static Fairlead.Netlink.Interop.Rtnetlink;

namespace Fairlead.Netlink;

/// <content>Neighbours.</content>
public sealed partial class RouteSocket
{
    /// <summary>The IPv4 and IPv6 neighbours on one link, or on all, as <c>ip neigh show nud all</c> lists them.</summary>
    /// <param name="ifIndex">The link, null for all.</param>
    /// <param name="cancellationToken">Heeded until the request is sent.</param>
    public async ValueTask<IReadOnlyList<Neighbour>> ListNeighboursAsync(
        int? ifIndex = null,
        CancellationToken cancellationToken = default
    )
    {
        MessageWriter request = MessageWriter.Dump(RTM_GETNEIGH, default(NdMsg));
        List<Neighbour> neighbours = await _connection
            .ExchangeAsync(request, "list neighbours", NeighbourCodec.Decode, cancellationToken)
            .ConfigureAwait(false);
        if (ifIndex is { } index)
            neighbours.RemoveAll(neighbour => neighbour.IfIndex != index);
        return neighbours;
    }
}
