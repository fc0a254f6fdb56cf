using System.Net.Sockets;
using System.Runtime.InteropServices;
using Fairlead.CniProxy.Interop;
using Fairlead.Netlink;
using Microsoft.Win32.SafeHandles;

namespace Fairlead.CniProxy.Peers;

/// <summary>Reads a connection's peer from its Unix socket: unix(7), SO_PEERCRED; pidfd_open(2).</summary>
internal static partial class PeerCredentials
{
    private const int SOL_SOCKET = 1;
    private const int SO_PEERCRED = 17;
    private const int SO_PEERPIDFD = 77; // Linux 6.5
    private const nuint PIDFD_GET_NET_NAMESPACE = 0xff04; // Linux 6.11

    /// <summary>The peer as it was when it connected; its namespace is that of now.</summary>
    public static Peer Read(Socket socket)
    {
        // struct ucred: pid, uid, gid, 32 bits each.
        Span<int> credentials = stackalloc int[3];
        _ = socket.GetRawSocketOption(SOL_SOCKET, SO_PEERCRED, MemoryMarshal.AsBytes(credentials));
        int processId = credentials[0];
        return new Peer(processId, (uint)credentials[1], NetnsOf(socket, processId));
    }

    private static NetworkNamespaceId? NetnsOf(Socket socket, int processId)
    {
        try
        {
            using SafeFileHandle? pidfd = PidfdOf(socket, processId);
            if (pidfd is null)
                return null;
            int descriptor = Ioctl(pidfd, PIDFD_GET_NET_NAMESPACE, 0);
            if (descriptor >= 0)
            {
                using NetworkNamespace direct = NetworkNamespace.FromHandle(
                    new SafeFileHandle(descriptor, ownsHandle: true)
                );
                return direct.Identity;
            }

            // Older kernels: by /proc, and then a look whether the process is still the one that connected.
            using NetworkNamespace byProc = NetworkNamespace.OpenOfProcess(processId);
            return Pidfd.Signal(pidfd, Pidfd.None) ? byProc.Identity : null;
        }
        catch (Exception e)
            when (e is IOException or SocketException or NetlinkException or UnauthorizedAccessException)
        {
            return null; // the peer has gone
        }
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
            return Pidfd.Open(processId);
        }
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Ioctl(SafeFileHandle descriptor, nuint request, nint argument);
}
