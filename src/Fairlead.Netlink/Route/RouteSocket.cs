using System.Net.Sockets;
using Fairlead.Netlink.Interop;
using Fairlead.Netlink.Wire;

namespace Fairlead.Netlink;

/// <summary>
/// Reads and changes the links, addresses, routes and neighbours of one network namespace through rtnetlink(7), with
/// the verbs of iproute2. The namespace is fixed when the socket is opened: await from any thread.
/// </summary>
/// <remarks>
/// <para>Requests may be made from several tasks at once; they are executed one after the other.</para>
/// <para>
/// Cancellation is heeded until a request is sent. The kernel executes it within the sending call, so whoever gets an
/// <see cref="OperationCanceledException"/> knows that nothing was changed.
/// </para>
/// <para>
/// Every change needs CAP_NET_ADMIN in the user namespace that owns the network namespace, and ends with
/// <see cref="Errno.EPERM"/> without; reading needs nothing. Each method throws <see cref="NetlinkException"/> with the
/// kernel's code. Interface indices are those of this socket's namespace.
/// </para>
/// </remarks>
public sealed partial class RouteSocket : IAsyncDisposable
{
    private readonly NetlinkConnection _connection;

    internal RouteSocket(NetlinkConnection connection) => _connection = connection;

    /// <summary>Opens a socket in a namespace.</summary>
    /// <param name="netns">The namespace, null for the process's. It may be closed afterwards: the socket holds it.</param>
    /// <param name="cancellationToken">Cancels before anything is opened.</param>
    /// <exception cref="NetlinkException">EPERM without CAP_SYS_ADMIN for a namespace other than the process's.</exception>
    public static ValueTask<RouteSocket> OpenAsync(
        NetworkNamespace? netns = null,
        CancellationToken cancellationToken = default
    )
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<RouteSocket>(cancellationToken);
        (Socket socket, uint portId) = NetlinkSockets.Open(netns, groups: 0, receiveBufferBytes: 0);
        return ValueTask.FromResult(new RouteSocket(new NetlinkConnection(socket, portId)));
    }

    /// <summary>Closes the socket. Requests that wait end with <see cref="ObjectDisposedException"/>.</summary>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
