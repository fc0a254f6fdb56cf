using System.Net.Sockets;
using Fairlead.Netlink.Interop;
using Fairlead.Netlink.Wire;
using static Fairlead.Netlink.Interop.Rtnetlink;

namespace Fairlead.Netlink;

/// <content>Routes.</content>
public sealed partial class RouteSocket
{
    /// <summary>IPv4 routes, then IPv6 ones, as <c>ip route</c> and <c>ip -6 route</c> list them: the main table's.</summary>
    /// <param name="filter">Which routes, null for the main table's. An absent table has no routes.</param>
    /// <param name="cancellationToken">Heeded until the (second) request is sent.</param>
    public async ValueTask<IReadOnlyList<Route>> ListRoutesAsync(
        RouteFilter? filter = null,
        CancellationToken cancellationToken = default
    )
    {
        filter ??= new RouteFilter();
        List<Route> routes = await ListRoutesAsync(AF_INET, filter, cancellationToken).ConfigureAwait(false);
        routes.AddRange(await ListRoutesAsync(AF_INET6, filter, cancellationToken).ConfigureAwait(false));
        return routes;
    }

    /// <summary>Adds a route, as <c>ip route add</c> does.</summary>
    /// <exception cref="ArgumentException">A next hop's weight is not 1 to 256.</exception>
    /// <exception cref="NetlinkException">
    /// EEXIST if there is one to that destination with the same metric (IPv6: by the same next hop); ENETUNREACH if no
    /// route leads to the gateway; ENETDOWN if the link is down; ENODEV if it is absent; EINVAL for what contradicts
    /// itself.
    /// </exception>
    public ValueTask AddRouteAsync(Route route, CancellationToken cancellationToken = default)
    {
        Require(route);
        return _connection.ExecuteAsync(RouteEncoder.WriteAdd(route), Describe("add", route), cancellationToken);
    }

    /// <summary>
    /// Removes the first route to that destination in that table that has all else that is set here: a route as it was
    /// listed, or only as much of it as tells it from others.
    /// </summary>
    /// <exception cref="NetlinkException">ESRCH if there is none; ENODEV if the link is absent (some kernels).</exception>
    public ValueTask DeleteRouteAsync(Route route, CancellationToken cancellationToken = default)
    {
        Require(route);
        return _connection.ExecuteAsync(RouteEncoder.WriteDelete(route), Describe("delete", route), cancellationToken);
    }

    private async ValueTask<List<Route>> ListRoutesAsync(
        byte family,
        RouteFilter filter,
        CancellationToken cancellationToken
    )
    {
        MessageWriter request = MessageWriter.Dump(RTM_GETROUTE, new RtMsg { Family = family });
        if (filter.Table is { } table)
            request.Attribute(RTA_TABLE, table);
        try
        {
            List<Route> routes = await _connection
                .ExchangeAsync(request, "list routes", RouteDecoder.Decode, cancellationToken)
                .ConfigureAwait(false);
            // Kernels before 4.20 send all tables. The link is looked for here only, since the kernel's own filter
            // knows nothing of multipath routes.
            routes.RemoveAll(route => !Matches(filter, route));
            return routes;
        }
        catch (NetlinkException e) when (filter.Table is not null && e.Errno is Errno.ENOENT)
        {
            return [];
        }
        catch (NetlinkException e) when (family == AF_INET6 && e.Errno is Errno.EOPNOTSUPP or Errno.EAFNOSUPPORT)
        {
            return []; // a kernel without IPv6
        }
    }

    private static bool Matches(RouteFilter filter, Route route) =>
        (filter.Table is null || route.Table == filter.Table)
        && (
            filter.IfIndex is null
            || route.IfIndex == filter.IfIndex
            || route.NextHops.Any(hop => hop.IfIndex == filter.IfIndex)
        );

    private static void Require(Route route)
    {
        ArgumentNullException.ThrowIfNull(route);
        if (route.NextHops.Any(static hop => hop.Weight is < 1 or > 256))
            throw new ArgumentException("A next hop's weight is 1 to 256.", nameof(route));
        AddressFamily family = route.Destination.BaseAddress.AddressFamily;
        if (route.PreferredSource is { } source && source.AddressFamily != family)
            throw new ArgumentException("The preferred source is of another family.", nameof(route));
    }

    private static string Describe(string verb, Route route)
    {
        string via = route.Gateway is null ? "" : $" via {route.Gateway}";
        string link = route.IfIndex is null ? "" : $" on link {route.IfIndex}";
        string table = route.Table == Route.MainTable ? "" : $" in table {route.Table}";
        return $"{verb} route to {route.Destination}{via}{link}{table}";
    }
}
