using System.Net.Sockets;
using System.Runtime.InteropServices;
using Fairlead.CniProxy.Interop;
using Fairlead.CniProxy.Pods;
using Fairlead.Netlink;
using Microsoft.Win32.SafeHandles;

namespace Fairlead.CniProxy.Peers;

/// <summary>
/// The process that opened a connection, by its pidfd: unix(7) SO_PEERCRED and SO_PEERPIDFD, pidfd_open(2). Held as long as
/// the connection lasts, so that the process is looked at anew for every call, since it may go into another namespace
/// meanwhile; and so that its number never comes to mean another process.
/// </summary>
internal sealed class PeerConnection : IDisposable
{
    private const int SOL_SOCKET = 1;
    private const int SO_PEERCRED = 17;
    private const int SO_PEERPIDFD = 77; // Linux 6.5

    private readonly int _processId;
    private readonly uint _userId;
    private readonly SafeFileHandle? _pidfd;

    private PeerConnection(int processId, uint userId, SafeFileHandle? pidfd)
    {
        _processId = processId;
        _userId = userId;
        _pidfd = pidfd;
    }

    /// <summary>Who it was when it connected, for messages; what it may do now is asked anew for every call.</summary>
    public string OpenedBy { get; set; } = Caller.Stranger;

    /// <summary>Asks the kernel who has connected.</summary>
    public static PeerConnection Of(Socket socket)
    {
        // struct ucred: pid, uid, gid, 32 bits each.
        Span<int> credentials = stackalloc int[3];
        _ = socket.GetRawSocketOption(SOL_SOCKET, SO_PEERCRED, MemoryMarshal.AsBytes(credentials));
        return new PeerConnection(credentials[0], (uint)credentials[1], PidfdOf(socket, credentials[0]));
    }

    /// <summary>The peer as it is now.</summary>
    public Peer Look()
    {
        try
        {
            if (_pidfd is not null && Namespaces(_pidfd) is { } namespaces)
            {
                string cgroups = File.ReadAllText($"/proc/{_processId}/cgroup");
                // What was read under its number was its own if it has still not ended.
                if (Pidfd.Signal(_pidfd, Pidfd.None))
                    return new Peer(_processId, _userId, namespaces, cgroups);
            }
        }
        catch (Exception e) when (e is IOException or NetlinkException or UnauthorizedAccessException)
        {
            // It is ending just now.
        }

        return new Peer(_processId, _userId, Namespaces: null);
    }

    public void Dispose() => _pidfd?.Dispose();

    private NamespaceSet? Namespaces(SafeFileHandle pidfd)
    {
        using SafeFileHandle? network = Pidfd.Namespace(pidfd, Pidfd.PIDFD_GET_NET_NAMESPACE);
        if (network is null)
            return NamespacesByProc();
        using NetworkNamespace netns = NetworkNamespace.FromHandle(network);
        return
            LinkOf(pidfd, Pidfd.PIDFD_GET_MNT_NAMESPACE) is { } mount
            && LinkOf(pidfd, Pidfd.PIDFD_GET_PID_NAMESPACE) is { } processIds
            && LinkOf(pidfd, Pidfd.PIDFD_GET_USER_NAMESPACE) is { } users
            ? new NamespaceSet(NetnsSeen.Of(netns), mount, processIds, users)
            : null;
    }

    // Before Linux 6.11; the caller looks afterwards whether the process is still the one that connected.
    private NamespaceSet? NamespacesByProc()
    {
        using NetworkNamespace netns = NetworkNamespace.OpenOfProcess(_processId);
        string? Link(string kind) => new FileInfo($"/proc/{_processId}/ns/{kind}").LinkTarget;
        return Link("mnt") is { } mount && Link("pid") is { } processIds && Link("user") is { } users
            ? new NamespaceSet(NetnsSeen.Of(netns), mount, processIds, users)
            : null;
    }

    private static string? LinkOf(SafeFileHandle pidfd, nuint request)
    {
        using SafeFileHandle? descriptor = Pidfd.Namespace(pidfd, request);
        return descriptor is null ? null : new FileInfo($"/proc/self/fd/{descriptor.DangerousGetHandle()}").LinkTarget;
    }

    private static SafeFileHandle? PidfdOf(Socket socket, int processId)
    {
        try
        {
            Span<int> option = stackalloc int[1];
            _ = socket.GetRawSocketOption(SOL_SOCKET, SO_PEERPIDFD, MemoryMarshal.AsBytes(option));
            return new SafeFileHandle(option[0], ownsHandle: true);
        }
        catch (SocketException)
        {
            // An older kernel; or a newer one, and the process has ended and been reaped.
            return Pidfd.Open(processId);
        }
    }
}
