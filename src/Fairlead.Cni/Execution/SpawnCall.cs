using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Fairlead.Cni.Interop;

namespace Fairlead.Cni.Execution;

/// <summary>The call of posix_spawn(3) itself, and waitid(2).</summary>
internal static unsafe class SpawnCall
{
    // glibc's posix_spawnattr_t has 336 bytes, posix_spawn_file_actions_t 80, sigset_t 128, struct sigaction 152,
    // siginfo_t 128; musl's are not larger.
    private const int OpaqueBytes = 512;

    private const nint SIG_IGN = 1;
    private const nint SIG_DFL = 0;

    private static readonly Lazy<bool> s_childrenCanBeWaitedFor = new(RestoreChildSignal);

    /// <summary>Starts the child; returns 0 or the errno.</summary>
    public static int Start(ChildProcessStart start, ChildPipes pipes, out int pid)
    {
        _ = s_childrenCanBeWaitedFor.Value;
        byte* actions = stackalloc byte[OpaqueBytes];
        byte* attributes = stackalloc byte[OpaqueBytes];
        using CStringArray argv = new([start.Path]);
        using CStringArray envp = new([.. start.Environment.Select(static e => $"{e.Key}={e.Value}")]);
        _ = LibC.FileActionsInit(actions);
        _ = LibC.SpawnAttrInit(attributes);
        try
        {
            _ = LibC.FileActionsAddDup2(actions, pipes.ChildInput, 0);
            _ = LibC.FileActionsAddDup2(actions, pipes.ChildOutput, 1);
            _ = LibC.FileActionsAddDup2(actions, pipes.ChildError, 2);
            CloseAllOthers(actions);
            SetAttributes(attributes, start.Group);
            fixed (int* child = &pid)
                return LibC.PosixSpawn(child, argv.Pointer[0], actions, attributes, argv.Pointer, envp.Pointer);
        }
        finally
        {
            _ = LibC.FileActionsDestroy(actions);
            _ = LibC.SpawnAttrDestroy(attributes);
        }
    }

    /// <summary>Waits for the child's end. False if somebody else reaped it.</summary>
    public static bool Reap(int idType, uint id, out int? exitCode, out int? signal)
    {
        // siginfo_t, 64 bit: si_signo 0, si_errno 4, si_code 8, si_pid 16, si_uid 20, si_status 24
        const int Code = 2;
        const int Status = 6;
        const int CLD_EXITED = 1;
        int* info = stackalloc int[OpaqueBytes / sizeof(int)];
        exitCode = null;
        signal = null;
        while (LibC.WaitId(idType, id, (byte*)info, LibC.WEXITED) != 0)
        {
            if (Marshal.GetLastPInvokeError() != LibC.EINTR)
                return false;
        }
        if (info[Code] == CLD_EXITED)
            exitCode = info[Status];
        else
            signal = info[Status];
        return true;
    }

    private static void SetAttributes(byte* attributes, ChildGroup group)
    {
        byte* signals = stackalloc byte[OpaqueBytes];
        short ownGroup = group == ChildGroup.Own ? LibC.POSIX_SPAWN_SETPGROUP : (short)0;
        short flags = (short)(LibC.POSIX_SPAWN_SETSIGDEF | LibC.POSIX_SPAWN_SETSIGMASK | ownGroup);
        _ = LibC.SpawnAttrSetFlags(attributes, flags);
        _ = LibC.SpawnAttrSetPGroup(attributes, 0);
        // .NET ignores SIGPIPE, and an ignored signal stays ignored across exec: shell plugins would misbehave.
        _ = LibC.SigFillSet(signals);
        _ = LibC.SpawnAttrSetSigDefault(attributes, signals);
        _ = LibC.SigEmptySet(signals);
        _ = LibC.SpawnAttrSetSigMask(attributes, signals);
    }

    /// <summary>Descriptors without O_CLOEXEC, of native libraries or inherited by us, are none of the plugin's business.</summary>
    private static void CloseAllOthers(byte* actions)
    {
        try
        {
            _ = LibC.FileActionsAddCloseFrom(actions, 3);
        }
        catch (EntryPointNotFoundException)
        {
            // Before glibc 2.34, and musl. Closing a descriptor that is gone by then is no error in posix_spawn.
            CloseListed(actions);
        }
    }

    internal static void CloseListed(byte* actions)
    {
        foreach (string entry in Directory.EnumerateFileSystemEntries("/proc/self/fd"))
        {
            int fd = int.Parse(Path.GetFileName(entry), CultureInfo.InvariantCulture);
            int flags = LibC.Fcntl(fd, LibC.F_GETFD, 0);
            if (fd > 2 && flags >= 0 && (flags & LibC.FD_CLOEXEC) == 0)
                _ = LibC.FileActionsAddClose(actions, fd);
        }
    }

    /// <summary>
    /// A parent that ignored SIGCHLD (some supervisors do) leaves that to us, and the kernel then discards exit statuses.
    /// Only that case is touched: a handler, such as .NET's own, stays.
    /// </summary>
    private static bool RestoreChildSignal()
    {
        byte* action = stackalloc byte[OpaqueBytes];
        if (LibC.SigAction(LibC.SIGCHLD, null, action) == 0 && *(nint*)action == SIG_IGN)
            _ = LibC.Signal(LibC.SIGCHLD, SIG_DFL);
        return true;
    }

    /// <summary>A null-terminated array of C strings.</summary>
    private readonly ref struct CStringArray
    {
        public CStringArray(string[] texts)
        {
            int pointerBytes = (texts.Length + 1) * sizeof(byte*);
            int textBytes = 0;
            foreach (string text in texts)
                textBytes += Encoding.UTF8.GetByteCount(text) + 1;
            Pointer = (byte**)NativeMemory.AllocZeroed((nuint)(pointerBytes + textBytes));
            Span<byte> rest = new((byte*)Pointer + pointerBytes, textBytes);
            for (int i = 0; i < texts.Length; i++)
            {
                Pointer[i] = (byte*)Pointer + pointerBytes + textBytes - rest.Length;
                rest = rest[(Encoding.UTF8.GetBytes(texts[i], rest) + 1)..];
            }
        }

        public byte** Pointer { get; }

        public void Dispose() => NativeMemory.Free(Pointer);
    }
}
