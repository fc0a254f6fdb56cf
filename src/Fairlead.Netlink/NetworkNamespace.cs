using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Fairlead.Netlink.Interop;
using Microsoft.Win32.SafeHandles;

namespace Fairlead.Netlink;

/// <summary>Tells network namespaces apart: two handles are of the same namespace exactly if these are equal.</summary>
/// <param name="Device">Device number of the kernel's nsfs.</param>
/// <param name="Inode">Inode number, the one in <c>net:[4026531840]</c>.</param>
public readonly record struct NetworkNamespaceId(ulong Device, ulong Inode);

/// <summary>
/// An open network namespace. It exists at least as long as this object. Give it to
/// <see cref="RouteSocket.OpenAsync"/> rather than entering it.
/// </summary>
public sealed partial class NetworkNamespace : IDisposable
{
    private NetworkNamespace(SafeFileHandle handle, NetworkNamespaceId identity)
    {
        Handle = handle;
        Identity = identity;
    }

    /// <summary>The descriptor, for system calls that take one. Owned by this object.</summary>
    public SafeFileHandle Handle { get; }

    /// <summary>What tells this namespace from others.</summary>
    public NetworkNamespaceId Identity { get; }

    /// <summary>
    /// Where a namespace is found: <c>/run/netns/NAME</c> for a name as <c>ip netns</c> knows it, and anything with a
    /// slash as it is.
    /// </summary>
    /// <exception cref="ArgumentException"><paramref name="nameOrPath"/> is empty, <c>.</c> or <c>..</c>.</exception>
    public static string PathOf(string nameOrPath)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(nameOrPath);
        if (nameOrPath.Contains('/'))
            return nameOrPath;
        return nameOrPath is "." or ".."
            ? throw new ArgumentException($"'{nameOrPath}' is no name of a namespace.", nameof(nameOrPath))
            : $"{NamedDirectory}/{nameOrPath}";
    }

    /// <summary>Opens the namespace that is mounted, or linked by /proc, at a path.</summary>
    /// <exception cref="NetlinkException">ENOENT if there is nothing; EINVAL if it is no network namespace.</exception>
    public static NetworkNamespace Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string operation = $"open network namespace {path}";
        int fd = Libc.Open(path, Libc.O_RDONLY | Libc.O_CLOEXEC, 0);
        if (fd < 0)
            throw Libc.Failure(operation);
        return Take(new SafeFileHandle(fd, ownsHandle: true), operation);
    }

    /// <summary>Opens the calling thread's namespace, which is the process's own unless somebody moved the thread.</summary>
    public static NetworkNamespace OpenCurrent() => Open("/proc/thread-self/ns/net");

    /// <summary>Opens the namespace of a process's main thread.</summary>
    /// <param name="pid">Process ID as the caller's pid namespace counts. It may be re-used at any time: hold a pidfd.</param>
    /// <exception cref="NetlinkException">ENOENT if there is no such process; EACCES without leave to trace it.</exception>
    public static NetworkNamespace OpenOfProcess(int pid) => Open($"/proc/{pid}/ns/net");

    /// <summary>Takes over a descriptor, as the PIDFD_GET_NET_NAMESPACE ioctl returns one. Closed on failure too.</summary>
    /// <exception cref="NetlinkException">EINVAL if it is no network namespace.</exception>
    public static NetworkNamespace FromHandle(SafeFileHandle handle)
    {
        ArgumentNullException.ThrowIfNull(handle);
        return Take(handle, "take over network namespace");
    }

    /// <summary>
    /// Runs a function inside the namespace, on a new thread that ends with it, and returns what it returned. The caller
    /// waits (about 0.1 ms more than the function needs).
    /// </summary>
    /// <param name="rawSyscallsOnly">
    /// System calls and computing only. No task, timer, logging, <c>HttpClient</c>, <c>Process</c>, or other thing that
    /// may start a thread or queue to the thread pool: a thread inherits its creator's namespace, so the pool would
    /// serve the whole process from inside this one for good.
    /// </param>
    /// <exception cref="NetlinkException">EPERM without CAP_SYS_ADMIN here and in the namespace's owner.</exception>
    public T Run<T>(Func<T> rawSyscallsOnly)
    {
        ArgumentNullException.ThrowIfNull(rawSyscallsOnly);
        return OnOwnThread(() =>
        {
            if (Libc.SetNs(Handle, Libc.CLONE_NEWNET) != 0)
                throw Libc.Failure($"enter network namespace {Identity.Inode}");
            return rawSyscallsOnly();
        });
    }

    /// <summary>
    /// The kernel's own number of the namespace (SO_NETNS_COOKIE), which no other one gets as long as the machine runs; the
    /// inode number of one that has gone may come again at once. Null on kernels before 5.14.
    /// </summary>
    /// <exception cref="NetlinkException">
    /// EPERM before Linux 6.18, without CAP_SYS_ADMIN here and in the namespace's owner.
    /// </exception>
    public ulong? ReadCookie() => ReadId() ?? Run(CookieOfThisThread);

    // Since Linux 6.18 the namespace itself tells its number, which is the same one: nobody has to go in for it.
    private unsafe ulong? ReadId()
    {
        using Lease lease = Hold();
        ulong id = 0;
        return Libc.IoCtl(lease.Descriptor, Libc.NS_GET_ID, &id) == 0 ? id : null;
    }

    private static unsafe ulong? CookieOfThisThread()
    {
        int fd = Libc.Socket(Libc.AF_INET, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0);
        if (fd < 0)
            throw Libc.Failure("read the cookie of a network namespace");
        ulong cookie = 0;
        uint length = sizeof(ulong);
        int result = Libc.GetSockOpt(fd, Rtnetlink.SOL_SOCKET, Libc.SO_NETNS_COOKIE, &cookie, &length);
        _ = Libc.Close(fd);
        return result == 0 ? cookie : null;
    }

    /// <summary>Closes the descriptor. The namespace goes when nothing else holds it.</summary>
    public void Dispose() => Handle.Dispose();

    /// <summary>As the kernel writes it: <c>net:[4026531840]</c>.</summary>
    public override string ToString() => $"net:[{Identity.Inode}]";

    /// <summary>Keeps the descriptor open while a request names it by its number.</summary>
    /// <exception cref="ObjectDisposedException">It is closed already, and its number may be another file's.</exception>
    internal Lease Hold() => new(Handle);

    // The thread never returns to its first namespace: it ends, and there is nothing to restore.
    private static T OnOwnThread<T>(Func<T> function)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        Thread thread = new(
            () =>
            {
                try
                {
                    result = function();
                }
                catch (Exception e)
                {
                    failure = ExceptionDispatchInfo.Capture(e);
                }
            },
            maxStackSize: 256 * 1024
        )
        {
            IsBackground = true,
            Name = "netns",
        };
        thread.UnsafeStart();
        thread.Join();
        failure?.Throw();
        return result;
    }

    private static unsafe NetworkNamespace Take(SafeFileHandle handle, string operation)
    {
        try
        {
            // Any file can be opened; only a namespace answers this, with its kind.
            if (Libc.IoCtl(handle, Libc.NS_GET_NSTYPE) != Libc.CLONE_NEWNET)
                throw new NetlinkException(operation, Errno.EINVAL, "not a network namespace");
            // struct stat begins with st_dev and st_ino, 64 bits each, on x86-64 and arm64. The rest differs.
            byte* stat = stackalloc byte[256];
            if (Libc.FStat(handle, stat) != 0)
                throw Libc.Failure(operation);
            ReadOnlySpan<ulong> fields = MemoryMarshal.Cast<byte, ulong>(new ReadOnlySpan<byte>(stat, 16));
            return new NetworkNamespace(handle, new NetworkNamespaceId(fields[0], fields[1]));
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    internal readonly struct Lease : IDisposable
    {
        private readonly SafeFileHandle _handle;

        public Lease(SafeFileHandle handle)
        {
            bool isHeld = false;
            handle.DangerousAddRef(ref isHeld);
            _handle = handle;
            Descriptor = (int)handle.DangerousGetHandle();
        }

        public int Descriptor { get; }

        public void Dispose() => _handle.DangerousRelease();
    }
}
