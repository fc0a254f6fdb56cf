using System.Net;
using System.Net.Sockets;
using Fairlead.Netlink.Interop;
using Fairlead.Netlink.Wire;
using static Fairlead.Netlink.Interop.Rtnetlink;

namespace Fairlead.Netlink;

/// <content>Addresses.</content>
public sealed partial class RouteSocket
{
    /// <summary>The IPv4 and IPv6 addresses of one link, or of all, as <c>ip addr</c> lists them.</summary>
    /// <param name="ifIndex">The link, null for all. An absent link has no addresses.</param>
    /// <param name="cancellationToken">Heeded until the request is sent.</param>
    public async ValueTask<IReadOnlyList<AssignedAddress>> ListAddressesAsync(
        int? ifIndex = null,
        CancellationToken cancellationToken = default
    )
    {
        string operation = ifIndex is null ? "list addresses" : $"list addresses of link {ifIndex}";
        MessageWriter request = MessageWriter.Dump(RTM_GETADDR, new IfAddrMsg { Index = ifIndex ?? 0 });
        try
        {
            List<AssignedAddress> addresses = await _connection
                .ExchangeAsync(request, operation, AddressCodec.Decode, cancellationToken)
                .ConfigureAwait(false);
            // Kernels before 4.20 know no strict checking and send all links' addresses.
            if (ifIndex is { } index)
                addresses.RemoveAll(address => address.IfIndex != index);
            return addresses;
        }
        catch (NetlinkException e) when (ifIndex is not null && e.Errno is Errno.ENODEV)
        {
            return [];
        }
    }

    /// <summary>Adds an address to a link, as <c>ip addr add 10.244.1.7/24 dev net1</c> does.</summary>
    /// <param name="ifIndex">The link.</param>
    /// <param name="address">The address and its prefix length. No broadcast address is set, as with iproute2.</param>
    /// <param name="flags">
    /// <see cref="AddressFlags.NoDuplicateDetection"/> makes an IPv6 address usable at once,
    /// <see cref="AddressFlags.NoPrefixRoute"/> keeps the routes as they are.
    /// </param>
    /// <param name="cancellationToken">Heeded until the request is sent.</param>
    /// <exception cref="NetlinkException">
    /// EEXIST if the link has it (an IPv6 address: with any prefix length); ENODEV if the link is absent; EACCES if IPv6
    /// is disabled on it.
    /// </exception>
    public ValueTask AddAddressAsync(
        int ifIndex,
        InterfaceAddress address,
        AddressFlags flags = AddressFlags.None,
        CancellationToken cancellationToken = default
    )
    {
        Require(ifIndex, address);
        MessageWriter request = AddressCodec.Write(
            RTM_NEWADDR,
            NLM_F_CREATE | NLM_F_EXCL,
            ifIndex,
            address,
            peer: null,
            flags
        );
        return _connection.ExecuteAsync(request, $"add address {address} to link {ifIndex}", cancellationToken);
    }

    /// <summary>Removes one address from a link, as <c>ip addr del 10.244.1.7/24 dev net1</c> does.</summary>
    /// <remarks>
    /// With the first IPv4 address of a subnet the kernel removes the link's others of that subnet too, unless the
    /// sysctl <c>promote_secondaries</c> is on. The routes that used it go as well.
    /// </remarks>
    /// <param name="ifIndex">The link.</param>
    /// <param name="address">The address and its prefix length, both of which must match.</param>
    /// <param name="cancellationToken">Heeded until the request is sent.</param>
    /// <exception cref="NetlinkException">EADDRNOTAVAIL if the link does not have it; ENODEV if the link is absent.</exception>
    public ValueTask DeleteAddressAsync(
        int ifIndex,
        InterfaceAddress address,
        CancellationToken cancellationToken = default
    ) => DeleteAddressAsync(ifIndex, address, peer: null, cancellationToken);

    /// <summary>Removes an address that was listed, also one with a peer. Else as the other overload.</summary>
    /// <exception cref="NetlinkException">EADDRNOTAVAIL if the link does not have it; ENODEV if the link is absent.</exception>
    public ValueTask DeleteAddressAsync(AssignedAddress address, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(address);
        return DeleteAddressAsync(address.IfIndex, address.Address, address.Peer, cancellationToken);
    }

    private ValueTask DeleteAddressAsync(
        int ifIndex,
        InterfaceAddress address,
        IPAddress? peer,
        CancellationToken cancellationToken
    )
    {
        Require(ifIndex, address);
        MessageWriter request = AddressCodec.Write(RTM_DELADDR, 0, ifIndex, address, peer, AddressFlags.None);
        return _connection.ExecuteAsync(request, $"delete address {address} on link {ifIndex}", cancellationToken);
    }

    private static void Require(int ifIndex, InterfaceAddress address)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(ifIndex);
        ArgumentNullException.ThrowIfNull(address.Address, nameof(address));
        AddressFamily family = address.Address.AddressFamily;
        ArgumentOutOfRangeException.ThrowIfNegative(address.PrefixLength, nameof(address));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(
            address.PrefixLength,
            InterfaceAddress.MaxPrefixLength(family),
            nameof(address)
        );
    }
}
