using System.Net;
using CsCheck;

namespace Fairlead.Netlink.Tests;

internal static class Generators
{
    public static Gen<IPAddress> V4 { get; } = Gen.Byte.Array[4].Select(octets => new IPAddress(octets));

    public static Gen<IPAddress> V6 { get; } = Gen.Byte.Array[16].Select(octets => new IPAddress(octets));

    public static Gen<InterfaceAddress> InterfaceAddress { get; } =
        Gen.OneOf(
            Gen.Select(V4, Gen.Int[0, 32], (address, length) => new InterfaceAddress(address, length)),
            Gen.Select(V6, Gen.Int[0, 128], (address, length) => new InterfaceAddress(address, length))
        );

    /// <summary>Routes as a caller may write them, of either family, with all that a message can carry.</summary>
    public static Gen<Route> Route { get; } =
        Gen.Select(
            InterfaceAddress,
            Gen.Bool.SelectMany(isV4 => (isV4 ? V4 : V6).Null()),
            Gen.Int[1, int.MaxValue].Nullable(),
            Gen.UInt,
            Gen.UInt[1, uint.MaxValue],
            Gen.Int[68, 65535].Nullable(),
            (destination, gateway, ifIndex, metric, table, mtu) =>
                new Route
                {
                    Destination = destination.Network,
                    Gateway = gateway,
                    IfIndex = ifIndex,
                    Metric = metric,
                    Table = table,
                    MtuBytes = mtu,
                    Scope = RouteScope.Link,
                    Protocol = RouteProtocol.Static,
                    Flags = metric % 2 == 0 ? RouteFlags.OnLink : RouteFlags.None,
                    PreferredSource = metric % 3 == 0 ? destination.Address : null,
                }
        );
}
