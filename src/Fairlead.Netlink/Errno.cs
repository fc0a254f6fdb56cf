namespace Fairlead.Netlink;

/// <summary>
/// Error codes of the Linux kernel by their names in C (include/uapi/asm-generic/errno-base.h and errno.h), the same on
/// x86-64 and arm64: those that networking and namespaces answer with. Other values occur without a name.
/// </summary>
public enum Errno
{
    /// <summary>No error.</summary>
    None = 0,

    /// <summary>A capability is missing, mostly CAP_NET_ADMIN in the namespace's owner.</summary>
    EPERM = 1,

    /// <summary>No such file, or no such entry (a routing table, a rule).</summary>
    ENOENT = 2,

    /// <summary>No such process; rtnetlink: no such route.</summary>
    ESRCH = 3,

    /// <summary>Interrupted. Also given for a dump that kept changing while it was read.</summary>
    EINTR = 4,

    /// <summary>Input or output error.</summary>
    EIO = 5,

    /// <summary>No such device or address.</summary>
    ENXIO = 6,

    /// <summary>Too much was given.</summary>
    E2BIG = 7,

    /// <summary>Not an open descriptor.</summary>
    EBADF = 9,

    /// <summary>Try again.</summary>
    EAGAIN = 11,

    /// <summary>Out of memory.</summary>
    ENOMEM = 12,

    /// <summary>Permission denied.</summary>
    EACCES = 13,

    /// <summary>Bad pointer.</summary>
    EFAULT = 14,

    /// <summary>In use: another dump on this socket, or a link that may not change now.</summary>
    EBUSY = 16,

    /// <summary>It exists already.</summary>
    EEXIST = 17,

    /// <summary>Across a border that may not be crossed.</summary>
    EXDEV = 18,

    /// <summary>No such link.</summary>
    ENODEV = 19,

    /// <summary>A part of the path is not a directory.</summary>
    ENOTDIR = 20,

    /// <summary>A directory.</summary>
    EISDIR = 21,

    /// <summary>An invalid value; the kernel's message often says which.</summary>
    EINVAL = 22,

    /// <summary>The system's table of open files is full.</summary>
    ENFILE = 23,

    /// <summary>This process has too many open files.</summary>
    EMFILE = 24,

    /// <summary>The descriptor does not know this control operation.</summary>
    ENOTTY = 25,

    /// <summary>No room left.</summary>
    ENOSPC = 28,

    /// <summary>Read-only file system.</summary>
    EROFS = 30,

    /// <summary>Outside its range; rtnetlink: an attribute that is too long, such as a name over 15 bytes.</summary>
    ERANGE = 34,

    /// <summary>The name is too long.</summary>
    ENAMETOOLONG = 36,

    /// <summary>The kernel has no such system call.</summary>
    ENOSYS = 38,

    /// <summary>A loop: of links to files, or of links enslaved to each other.</summary>
    ELOOP = 40,

    /// <summary>No data.</summary>
    ENODATA = 61,

    /// <summary>Protocol error.</summary>
    EPROTO = 71,

    /// <summary>Too large for its field.</summary>
    EOVERFLOW = 75,

    /// <summary>The message is too long.</summary>
    EMSGSIZE = 90,

    /// <summary>The kernel has no such protocol.</summary>
    EPROTONOSUPPORT = 93,

    /// <summary>The kernel, or this kind of link, does not do that.</summary>
    EOPNOTSUPP = 95,

    /// <summary>The kernel does not know the address family.</summary>
    EAFNOSUPPORT = 97,

    /// <summary>The address is in use.</summary>
    EADDRINUSE = 98,

    /// <summary>The link does not have this address.</summary>
    EADDRNOTAVAIL = 99,

    /// <summary>The link is down.</summary>
    ENETDOWN = 100,

    /// <summary>The gateway is not reachable from that link.</summary>
    ENETUNREACH = 101,

    /// <summary>Messages were lost because the socket's buffer was full.</summary>
    ENOBUFS = 105,

    /// <summary>Timed out.</summary>
    ETIMEDOUT = 110,

    /// <summary>The peer takes no messages.</summary>
    ECONNREFUSED = 111,

    /// <summary>No route to the host.</summary>
    EHOSTUNREACH = 113,

    /// <summary>Already under way.</summary>
    EALREADY = 114,
}
