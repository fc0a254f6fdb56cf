namespace Fairlead.Netlink;

/// <summary>Something that a <see cref="RouteMonitor"/> tells of.</summary>
public abstract record RouteEvent
{
    private protected RouteEvent() { }
}

/// <summary>
/// A link was added, changed or removed. The kernel does not tell of an alias set while the link is down
/// (netdev_state_change in net/core/dev.c).
/// </summary>
/// <param name="Change">Whether it is there.</param>
/// <param name="Link">The link as it is, or as it was at last.</param>
public sealed record LinkEvent(RouteEventChange Change, Link Link) : RouteEvent;

/// <summary>An address was added, changed or removed.</summary>
/// <param name="Change">Whether it is there.</param>
/// <param name="Address">The address as it is, or as it was at last.</param>
public sealed record AddressEvent(RouteEventChange Change, AssignedAddress Address) : RouteEvent;

/// <summary>
/// A route was added, changed or removed, in any table. The kernel does not tell of IPv4 routes that go because their
/// link does or is set down: look at the link's event.
/// </summary>
/// <param name="Change">Whether it is there.</param>
/// <param name="Route">The route as it is, or as it was at last.</param>
public sealed record RouteTableEvent(RouteEventChange Change, Route Route) : RouteEvent;

/// <summary>A neighbour was learnt, changed or forgotten.</summary>
/// <param name="Change">Whether it is there.</param>
/// <param name="Neighbour">The neighbour as it is, or as it was at last.</param>
public sealed record NeighbourEvent(RouteEventChange Change, Neighbour Neighbour) : RouteEvent;

/// <summary>The kernel sent more than the socket could hold: events are missing. List everything anew.</summary>
public sealed record ResyncEvent : RouteEvent;

/// <summary>What happened. Additions and changes look the same in rtnetlink.</summary>
public enum RouteEventChange
{
    /// <summary>It is there: new, or changed.</summary>
    Present,

    /// <summary>It is gone.</summary>
    Removed,
}

/// <summary>What a <see cref="RouteMonitor"/> listens to.</summary>
[Flags]
public enum RouteGroups
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Links.</summary>
    Links = 1,

    /// <summary>IPv4 and IPv6 addresses.</summary>
    Addresses = 2,

    /// <summary>IPv4 and IPv6 routes.</summary>
    Routes = 4,

    /// <summary>Neighbours, for IPv4 and IPv6.</summary>
    Neighbours = 8,
}
