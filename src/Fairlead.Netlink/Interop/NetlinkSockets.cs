using System.Net.Sockets;
using static Fairlead.Netlink.Interop.Libc;
using static Fairlead.Netlink.Interop.Rtnetlink;

namespace Fairlead.Netlink.Interop;

/// <summary>Opens NETLINK_ROUTE sockets. A socket belongs for good to the network namespace of the thread that opens it.</summary>
internal static unsafe class NetlinkSockets
{
    /// <summary>A socket to the kernel, in <paramref name="netns"/> or else in the calling thread's namespace.</summary>
    /// <param name="netns">The namespace, null for the calling thread's.</param>
    /// <param name="groups">Multicast groups as a bit mask (RTMGRP_*), 0 for none.</param>
    /// <param name="receiveBufferBytes">Wanted size of the receive buffer, 0 for the system's default.</param>
    public static (Socket Socket, uint PortId) Open(NetworkNamespace? netns, uint groups, int receiveBufferBytes)
    {
        Func<(int, uint)> open = () => OpenDescriptor(groups, receiveBufferBytes);
        (int fd, uint portId) = netns is null ? open() : netns.Run(open);
        return (new Socket(new SafeSocketHandle(fd, ownsHandle: true)), portId);
    }

    private static (int Descriptor, uint PortId) OpenDescriptor(uint groups, int receiveBufferBytes)
    {
        const string operation = "open netlink socket";
        int fd = Libc.Socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
        if (fd < 0)
            throw Failure(operation);
        try
        {
            SetOptions(fd, receiveBufferBytes);
            SockAddrNl address = new() { Family = AF_NETLINK, Groups = groups };
            uint length = (uint)sizeof(SockAddrNl);
            if (Bind(fd, &address, length) != 0 || GetSockName(fd, &address, &length) != 0)
                throw Failure(operation);
            // Connected to port 0, the kernel: it then refuses what other processes send here (netlink_getsockbyportid
            // in net/netlink/af_netlink.c), and plain send() needs no address.
            SockAddrNl kernel = new() { Family = AF_NETLINK };
            if (groups == 0 && Connect(fd, &kernel, (uint)sizeof(SockAddrNl)) != 0)
                throw Failure(operation);
            return (fd, address.PortId);
        }
        catch
        {
            _ = Close(fd);
            throw;
        }
    }

    // All are wishes: an old kernel without one of them serves less well (no text in errors, dumps unfiltered).
    private static void SetOptions(int fd, int receiveBufferBytes)
    {
        SetOption(fd, SOL_NETLINK, NETLINK_EXT_ACK, 1);
        SetOption(fd, SOL_NETLINK, NETLINK_CAP_ACK, 1);
        SetOption(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, 1);
        if (receiveBufferBytes > 0 && SetOption(fd, SOL_SOCKET, SO_RCVBUFFORCE, receiveBufferBytes) != 0)
            SetOption(fd, SOL_SOCKET, SO_RCVBUF, receiveBufferBytes);
    }

    private static int SetOption(int fd, int level, int name, int value) =>
        SetSockOpt(fd, level, name, &value, sizeof(int));
}
