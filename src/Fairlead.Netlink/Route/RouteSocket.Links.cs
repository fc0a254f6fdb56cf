using System.Text;
using Fairlead.Netlink.Interop;
using Fairlead.Netlink.Wire;
using static Fairlead.Netlink.Interop.Rtnetlink;

namespace Fairlead.Netlink;

/// <content>Links.</content>
public sealed partial class RouteSocket
{
    /// <summary>All links of the namespace, as <c>ip link</c> lists them. A bridge's ports are those with its index as <see cref="Link.MasterIndex"/>.</summary>
    public async ValueTask<IReadOnlyList<Link>> ListLinksAsync(CancellationToken cancellationToken = default)
    {
        MessageWriter request = MessageWriter.Dump(RTM_GETLINK, default(IfInfoMsg));
        return await _connection
            .ExchangeAsync(request, "list links", LinkCodec.Decode, cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>The link of that name, null if there is none.</summary>
    /// <exception cref="ArgumentException"><paramref name="name"/> cannot be an interface's name.</exception>
    public ValueTask<Link?> GetLinkAsync(string name, CancellationToken cancellationToken = default)
    {
        InterfaceName.Require(name);
        MessageWriter request = MessageWriter.Request(RTM_GETLINK, 0, default(IfInfoMsg));
        request.AttributeZ(IFLA_IFNAME, name);
        return GetLinkAsync(request, $"get link {name}", cancellationToken);
    }

    /// <summary>The link with that index, null if there is none.</summary>
    public ValueTask<Link?> GetLinkAsync(int ifIndex, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(ifIndex);
        MessageWriter request = MessageWriter.Request(RTM_GETLINK, 0, new IfInfoMsg { Index = ifIndex });
        return GetLinkAsync(request, $"get link {ifIndex}", cancellationToken);
    }

    /// <summary>Creates a bridge, as <c>ip link add br0 type bridge</c> does; it is down. Returns it.</summary>
    /// <exception cref="ArgumentException"><paramref name="name"/> cannot be an interface's name.</exception>
    /// <exception cref="NetlinkException">EEXIST if a link has that name.</exception>
    public async ValueTask<Link> AddBridgeAsync(
        string name,
        BridgeOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        InterfaceName.Require(name);
        string operation = $"add bridge {name}";
        MessageWriter request = MessageWriter.Request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, default(IfInfoMsg));
        LinkCodec.WriteBridge(request, name, options ?? new BridgeOptions());
        await _connection.ExecuteAsync(request, operation, cancellationToken).ConfigureAwait(false);
        return await GetAddedLinkAsync(name, operation).ConfigureAwait(false);
    }

    /// <summary>
    /// Creates a pair of links whose ends are joined, as <c>ip link add veth0 type veth peer name eth0 netns pod</c>
    /// does; both are down. Returns the first end, whose <see cref="Link.PeerIndex"/> is the other's.
    /// </summary>
    /// <param name="name">Name of the end in this socket's namespace.</param>
    /// <param name="peerName">Name of the other end.</param>
    /// <param name="peerNetns">Namespace in which the other end is born, null for this socket's.</param>
    /// <param name="cancellationToken">Heeded until the request is sent.</param>
    /// <exception cref="ArgumentException">A name cannot be an interface's.</exception>
    /// <exception cref="NetlinkException">EEXIST if a link has either name in its namespace.</exception>
    public async ValueTask<Link> AddVethAsync(
        string name,
        string peerName,
        NetworkNamespace? peerNetns = null,
        CancellationToken cancellationToken = default
    )
    {
        InterfaceName.Require(name);
        InterfaceName.Require(peerName);
        string operation = $"add veth {name} with peer {peerName}";
        MessageWriter request = MessageWriter.Request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, default(IfInfoMsg));
        using NetworkNamespace.Lease? lease = peerNetns?.Hold();
        LinkCodec.WriteVeth(request, name, peerName, lease?.Descriptor);
        await _connection.ExecuteAsync(request, operation, cancellationToken).ConfigureAwait(false);
        return await GetAddedLinkAsync(name, operation).ConfigureAwait(false);
    }

    /// <summary>
    /// Changes a link, as <c>ip link set</c> does. The kernel applies the parts one after the other and keeps those
    /// before one that it refuses; repeating the whole is harmless.
    /// </summary>
    /// <param name="ifIndex">The link.</param>
    /// <param name="change">What to change.</param>
    /// <param name="cancellationToken">Heeded until the (first) request is sent.</param>
    /// <exception cref="ArgumentException">The new name cannot be an interface's, the alias is too long, or a number is negative.</exception>
    /// <exception cref="NetlinkException">
    /// ENODEV if the link or its new master is absent; EINVAL for an MTU outside the driver's limits; EEXIST if a link
    /// has the new name; ELOOP or EBUSY if it cannot be a port there; EAFNOSUPPORT for the address generation mode
    /// where IPv6 is off.
    /// </exception>
    public async ValueTask SetLinkAsync(int ifIndex, LinkChange change, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(ifIndex);
        ArgumentNullException.ThrowIfNull(change);
        Require(change);
        string operation = $"set link {ifIndex}";
        // In one message the kernel sets the link up before it looks at the mode (do_setlink in net/core/rtnetlink.c).
        if (change.AddressGenerationMode is { } mode)
        {
            MessageWriter first = MessageWriter.Request(RTM_SETLINK, 0, new IfInfoMsg { Index = ifIndex });
            LinkCodec.WriteAddressGenerationMode(first, mode);
            await _connection.ExecuteAsync(first, operation, cancellationToken).ConfigureAwait(false);
        }
        IfInfoMsg header = new()
        {
            Index = ifIndex,
            Flags = change.Up is true ? IFF_UP : 0,
            Change = change.Up is null ? 0 : IFF_UP,
        };
        MessageWriter request = MessageWriter.Request(RTM_SETLINK, 0, header);
        LinkCodec.WriteChange(request, change);
        await _connection.ExecuteAsync(request, operation, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Moves a link to another namespace, as <c>ip link set net1 netns pod</c> does. It loses its addresses and routes,
    /// is down there, and may get another index.
    /// </summary>
    /// <exception cref="NetlinkException">ENODEV if absent; EEXIST if its name is taken there; EINVAL for a link that cannot move.</exception>
    public async ValueTask MoveLinkAsync(
        int ifIndex,
        NetworkNamespace target,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(ifIndex);
        ArgumentNullException.ThrowIfNull(target);
        MessageWriter request = MessageWriter.Request(RTM_SETLINK, 0, new IfInfoMsg { Index = ifIndex });
        using NetworkNamespace.Lease lease = target.Hold();
        request.Attribute(IFLA_NET_NS_FD, lease.Descriptor);
        await _connection
            .ExecuteAsync(request, $"move link {ifIndex} to {target}", cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>Deletes a link, as <c>ip link del</c> does; of a veth pair both ends. Takes the kernel up to 40 ms.</summary>
    /// <exception cref="NetlinkException">ENODEV if absent; EOPNOTSUPP for hardware and the loopback link.</exception>
    public ValueTask DeleteLinkAsync(int ifIndex, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(ifIndex);
        MessageWriter request = MessageWriter.Request(RTM_DELLINK, 0, new IfInfoMsg { Index = ifIndex });
        return _connection.ExecuteAsync(request, $"delete link {ifIndex}", cancellationToken);
    }

    private async ValueTask<Link?> GetLinkAsync(
        MessageWriter request,
        string operation,
        CancellationToken cancellationToken
    )
    {
        try
        {
            List<Link> links = await _connection
                .ExchangeAsync(request, operation, LinkCodec.Decode, cancellationToken)
                .ConfigureAwait(false);
            return links is [Link link, ..] ? link : null;
        }
        catch (NetlinkException e) when (e.Errno is Errno.ENODEV)
        {
            return null;
        }
    }

    // Not cancellable: the link is there by now, and the caller must get to know it.
    private async ValueTask<Link> GetAddedLinkAsync(string name, string operation) =>
        await GetLinkAsync(name, CancellationToken.None).ConfigureAwait(false)
        ?? throw new NetlinkException(operation, Errno.ENODEV, "it was gone again at once");

    private static void Require(LinkChange change)
    {
        if (change.Name is { } name)
            InterfaceName.Require(name);
        if (change.Alias is { } alias && Encoding.UTF8.GetByteCount(alias) >= IFALIASZ)
            throw new ArgumentException($"An alias has at most {IFALIASZ - 1} bytes.", nameof(change));
        ArgumentOutOfRangeException.ThrowIfNegative(change.MtuBytes ?? 0, nameof(change));
        ArgumentOutOfRangeException.ThrowIfNegative(change.MasterIndex ?? 0, nameof(change));
    }
}
