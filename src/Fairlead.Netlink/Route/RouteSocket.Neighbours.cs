using Fairlead.Netlink.Interop;
using Fairlead.Netlink.Wire;
using static Fairlead.Netlink.Interop.Rtnetlink;

namespace Fairlead.Netlink;

/// <content>Neighbours, and what a bridge knows of its own.</content>
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

    /// <summary>A bridge's MAC table, as <c>bridge fdb show br NAME</c> lists it.</summary>
    /// <param name="bridgeIndex">The bridge. For a link that is none, or is absent, there are no entries.</param>
    /// <param name="cancellationToken">Heeded until the request is sent.</param>
    public async ValueTask<IReadOnlyList<ForwardingEntry>> ListForwardingEntriesAsync(
        int bridgeIndex,
        CancellationToken cancellationToken = default
    )
    {
        // Without a filter: to a kernel that checks strictly, an absent bridge in NDA_MASTER is an error.
        MessageWriter request = MessageWriter.Dump(RTM_GETNEIGH, new NdMsg { Family = AF_BRIDGE });
        List<ForwardingEntry> entries = await _connection
            .ExchangeAsync(request, "list forwarding entries", ForwardingCodec.Decode, cancellationToken)
            .ConfigureAwait(false);
        entries.RemoveAll(entry => entry.BridgeIndex != bridgeIndex);
        return entries;
    }
}
