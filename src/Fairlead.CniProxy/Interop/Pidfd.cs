using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Fairlead.CniProxy.Interop;

/// <summary>A process by a descriptor, which never comes to mean another one: pidfd_open(2), pidfd_send_signal(2).</summary>
internal static partial class Pidfd
{
    /// <summary>Signal 0: asks whether the process is there.</summary>
    public const int None = 0;

    public const int SIGKILL = 9;

    // include/uapi/linux/pidfd.h; Linux 6.11
    public const nuint PIDFD_GET_MNT_NAMESPACE = 0xff03;
    public const nuint PIDFD_GET_NET_NAMESPACE = 0xff04;
    public const nuint PIDFD_GET_PID_NAMESPACE = 0xff05;
    public const nuint PIDFD_GET_USER_NAMESPACE = 0xff09;

    // The same on every architecture (include/uapi/asm-generic/unistd.h).
    private const nint PidfdSendSignal = 424;
    private const nint PidfdOpen = 434;

    /// <summary>The process of that ID, or null when there is none.</summary>
    public static SafeFileHandle? Open(int processId)
    {
        nint descriptor = OpenPidfd(PidfdOpen, processId, 0);
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <returns>False when the process has ended, or may not be signalled.</returns>
    public static bool Signal(SafeFileHandle pidfd, int signal) =>
        SendSignal(PidfdSendSignal, pidfd, signal, 0, 0) == 0;

    /// <summary>A namespace of the process, or null when it has ended or the kernel does not know the request.</summary>
    public static SafeFileHandle? Namespace(SafeFileHandle pidfd, nuint request)
    {
        int descriptor = Ioctl(pidfd, request, 0);
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint OpenPidfd(nint number, int processId, uint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SendSignal(nint number, SafeFileHandle pidfd, int signal, nint info, uint flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Ioctl(SafeFileHandle descriptor, nuint request, nint argument);
}
