using Fairlead.Netlink.Interop;

namespace Fairlead.Netlink;

/// <content>Namespaces that live by a bind mount, as those of <c>ip netns</c> do.</content>
public sealed partial class NetworkNamespace
{
    private const string NamedDirectory = "/run/netns";

    /// <summary>
    /// Creates a namespace that lives at a path until <see cref="Delete"/>, as <c>ip netns add</c> does, with its
    /// loopback link up. Missing directories are made.
    /// </summary>
    /// <exception cref="NetlinkException">
    /// EEXIST if the path exists; EPERM without CAP_SYS_ADMIN. Nothing is left then.
    /// </exception>
    /// <exception cref="IOException">A directory cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">A directory may not be made.</exception>
    public static NetworkNamespace Create(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string operation = $"create network namespace {path}";
        string directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Directory.CreateDirectory(directory);
        if (directory is NamedDirectory)
            ShareNamedDirectory(operation);
        // The file is only what the namespace is mounted upon.
        int fd = Libc.Open(path, Libc.O_RDONLY | Libc.O_CREAT | Libc.O_EXCL | Libc.O_CLOEXEC, 0);
        if (fd < 0)
            throw Libc.Failure(operation);
        _ = Libc.Close(fd);
        try
        {
            OnOwnThread(() => UnshareAndMount(path, operation));
            return Open(path);
        }
        catch
        {
            Delete(path);
            throw;
        }
    }

    /// <summary>
    /// Mounts this namespace at a path of its own, where it lives on until <see cref="Delete"/>, whatever becomes of the
    /// other places that hold it. Missing directories are made; a file that is there and nothing is mounted upon is used.
    /// </summary>
    /// <exception cref="NetlinkException">EPERM without CAP_SYS_ADMIN.</exception>
    /// <exception cref="IOException">A directory cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">A directory may not be made.</exception>
    public void MountAt(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        int file = Libc.Open(path, Libc.O_RDONLY | Libc.O_CREAT | Libc.O_CLOEXEC, 0);
        if (file < 0)
            throw Libc.Failure($"mount network namespace at {path}");
        _ = Libc.Close(file);
        using Lease lease = Hold();
        if (Libc.Mount($"/proc/self/fd/{lease.Descriptor}", path, "none", Libc.MS_BIND, 0) != 0)
            throw Libc.Failure($"mount network namespace at {path}");
    }

    /// <summary>
    /// Unmounts the namespace at a path and removes the file, as <c>ip netns del</c> does. The namespace itself goes
    /// when no process, socket or handle is in it any more. An absent path is success.
    /// </summary>
    /// <exception cref="NetlinkException">EPERM without CAP_SYS_ADMIN; EISDIR for a directory.</exception>
    public static void Delete(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        // EINVAL: not a mount point, as a half-made one is; then the file alone has to go.
        if (Libc.Unmount(path, Libc.MNT_DETACH) != 0 && Libc.LastErrno is not (Errno.ENOENT or Errno.EINVAL))
            throw Libc.Failure($"unmount network namespace {path}");
        if (Libc.Unlink(path) != 0 && Libc.LastErrno is not Errno.ENOENT)
            throw Libc.Failure($"delete network namespace {path}");
    }

    private static bool UnshareAndMount(string path, string operation)
    {
        if (Libc.Unshare(Libc.CLONE_NEWNET) != 0)
            throw Libc.Failure(operation);
        if (Libc.Mount("/proc/thread-self/ns/net", path, "none", Libc.MS_BIND, 0) != 0)
            throw Libc.Failure(operation);
        SetLoopbackUp(operation);
        return true;
    }

    // struct ifreq: name 16 bytes, then a union of 24 whose first two are the flags here (netdevice(7)).
    private static unsafe void SetLoopbackUp(string operation)
    {
        int fd = Libc.Socket(Libc.AF_INET, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0);
        if (fd < 0)
            throw Libc.Failure(operation);
        byte* request = stackalloc byte[40];
        new Span<byte>(request, 40).Clear();
        "lo"u8.CopyTo(new Span<byte>(request, Rtnetlink.IFNAMSIZ));
        *(ushort*)(request + Rtnetlink.IFNAMSIZ) = (ushort)Rtnetlink.IFF_UP;
        int result = Libc.IoCtl(fd, Libc.SIOCSIFFLAGS, request);
        Errno errno = Libc.LastErrno;
        _ = Libc.Close(fd);
        if (result != 0)
            throw new NetlinkException(operation, errno);
    }

    // As ip-netns(8) does: a shared mount, so that namespaces made here are seen, and can be deleted, in other mount
    // namespaces too. A directory must be a mount point before it can be shared.
    private static void ShareNamedDirectory(string operation)
    {
        if (Libc.Mount("", NamedDirectory, "none", Libc.MS_SHARED | Libc.MS_REC, 0) == 0)
            return;
        if (
            Libc.LastErrno is not Errno.EINVAL
            || Libc.Mount(NamedDirectory, NamedDirectory, "none", Libc.MS_BIND | Libc.MS_REC, 0) != 0
            || Libc.Mount("", NamedDirectory, "none", Libc.MS_SHARED | Libc.MS_REC, 0) != 0
        )
        {
            throw Libc.Failure(operation);
        }
    }
}
