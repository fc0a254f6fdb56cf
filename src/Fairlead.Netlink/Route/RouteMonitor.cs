using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Fairlead.Netlink.Interop;
using Fairlead.Netlink.Wire;
using static Fairlead.Netlink.Interop.Rtnetlink;

namespace Fairlead.Netlink;

/// <summary>
/// Tells of changes in one network namespace, as <c>ip monitor</c> does. Needs no capability. Events count from
/// <see cref="OpenAsync"/> on: open, then list with a <see cref="RouteSocket"/>, then read, and nothing is missed.
/// </summary>
public sealed class RouteMonitor : IAsyncDisposable
{
    // The kernel charges about 2 KB for a link event: room for some hundreds while the reader is busy.
    private const int ReceiveBufferBytes = 1024 * 1024;

    private readonly Socket _socket;
    private readonly DatagramReceiver _receiver;

    internal RouteMonitor(Socket socket)
    {
        _socket = socket;
        _receiver = new DatagramReceiver(socket);
    }

    /// <summary>Starts to listen.</summary>
    /// <param name="netns">The namespace, null for the process's.</param>
    /// <param name="groups">What to listen to.</param>
    /// <param name="cancellationToken">Cancels before anything is opened.</param>
    /// <exception cref="NetlinkException">EPERM without CAP_SYS_ADMIN for a namespace other than the process's.</exception>
    public static ValueTask<RouteMonitor> OpenAsync(
        NetworkNamespace? netns = null,
        RouteGroups groups = RouteGroups.Links | RouteGroups.Addresses | RouteGroups.Routes,
        CancellationToken cancellationToken = default
    )
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<RouteMonitor>(cancellationToken);
        (Socket socket, _) = NetlinkSockets.Open(netns, MaskOf(groups), ReceiveBufferBytes);
        return ValueTask.FromResult(new RouteMonitor(socket));
    }

    /// <summary>The events, in the kernel's order, until cancelled. One reader at a time.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The monitor was disposed.</exception>
    public async IAsyncEnumerable<RouteEvent> ReadAllAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        while (true)
        {
            foreach (RouteEvent routeEvent in await ReceiveAsync(cancellationToken).ConfigureAwait(false))
                yield return routeEvent;
        }
    }

    /// <summary>Stops listening.</summary>
    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private async ValueTask<List<RouteEvent>> ReceiveAsync(CancellationToken cancellationToken)
    {
        try
        {
            ReadOnlyMemory<byte> datagram = await _receiver.ReceiveAsync(cancellationToken).ConfigureAwait(false);
            return DecodeAll(datagram.Span);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.NoBufferSpaceAvailable)
        {
            await DiscardQueuedAsync(cancellationToken).ConfigureAwait(false);
            return [new ResyncEvent()];
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.OperationAborted)
        {
            throw new ObjectDisposedException(nameof(RouteMonitor), e);
        }
        catch (SocketException e)
        {
            throw new NetlinkException("monitor", (Errno)e.NativeErrorCode);
        }
    }

    // After an overrun the kernel drops everything, and says so no second time, until the queue has been read empty
    // (NETLINK_S_CONGESTED in net/netlink/af_netlink.c). Whoever lists anew before that misses what changes meanwhile.
    private async ValueTask DiscardQueuedAsync(CancellationToken cancellationToken)
    {
        while (_socket.Poll(TimeSpan.Zero, SelectMode.SelectRead))
        {
            try
            {
                await _receiver.ReceiveAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.NoBufferSpaceAvailable)
            {
                // Again, before the queue was empty: the same loss.
            }
        }
    }

    internal static List<RouteEvent> DecodeAll(ReadOnlySpan<byte> datagram)
    {
        List<RouteEvent> events = [];
        foreach (NetlinkMessage message in new MessageReader(datagram))
        {
            if (Decode(message) is { } routeEvent)
                events.Add(routeEvent);
        }
        return events;
    }

    private static RouteEvent? Decode(in NetlinkMessage message)
    {
        ReadOnlySpan<byte> payload = message.Payload;
        ushort type = message.Header.Type;
        RouteEventChange change = type is RTM_DELLINK or RTM_DELADDR or RTM_DELROUTE or RTM_DELNEIGH
            ? RouteEventChange.Removed
            : RouteEventChange.Present;
        return type switch
        {
            RTM_NEWLINK or RTM_DELLINK => LinkCodec.Decode(payload) is { } link ? new LinkEvent(change, link) : null,
            RTM_NEWADDR or RTM_DELADDR => AddressCodec.Decode(payload) is { } address
                ? new AddressEvent(change, address)
                : null,
            RTM_NEWROUTE or RTM_DELROUTE => RouteDecoder.Decode(payload) is { } route
                ? new RouteTableEvent(change, route)
                : null,
            RTM_NEWNEIGH or RTM_DELNEIGH => NeighbourCodec.Decode(payload) is { } neighbour
                ? new NeighbourEvent(change, neighbour)
                : null,
            _ => null,
        };
    }

    private static uint MaskOf(RouteGroups groups)
    {
        uint mask = 0;
        if (groups.HasFlag(RouteGroups.Links))
            mask |= RTMGRP_LINK;
        if (groups.HasFlag(RouteGroups.Addresses))
            mask |= RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR;
        if (groups.HasFlag(RouteGroups.Routes))
            mask |= RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE;
        if (groups.HasFlag(RouteGroups.Neighbours))
            mask |= RTMGRP_NEIGH;
        return mask;
    }
}
