using System.Collections;
using System.Runtime.InteropServices;
using Fairlead.Standalone.Interop;

namespace Fairlead.Standalone.Processes;

/// <summary>
/// Starts processes that outlive this one: in a session of their own, in /, with nothing open but a log, signals as a
/// new process has them. System.Diagnostics.Process can do none of these.
/// </summary>
internal static unsafe class DetachedProcess
{
    // A daemon shall not keep the secrets that happen to be in the environment of the shell that started it.
    private static readonly string[] KeptVariables = ["HOME", "LANG", "LC_ALL", "TMPDIR", "TZ"];
    private static readonly string[] KeptPrefixes = ["DOTNET_", "FAIRLEAD_", "LIBVIRT_"];

    /// <param name="command">Program, by its absolute path, and arguments.</param>
    /// <param name="logPath">Receives standard output and standard error.</param>
    /// <exception cref="IOException">The program cannot be executed.</exception>
    public static int Start(IReadOnlyList<string> command, string logPath)
    {
        byte* actions = stackalloc byte[Libc.SpawnFileActionsSize];
        byte* attributes = stackalloc byte[Libc.SpawnAttributesSize];
        byte* signals = stackalloc byte[Libc.SignalSetSize];
        Check(Libc.FileActionsInit(actions), command);
        Check(Libc.SpawnAttributesInit(attributes), command);
        using NativeStrings arguments = new(command);
        using NativeStrings environment = new(Environment());
        try
        {
            Check(Libc.FileActionsOpen(actions, 0, "/dev/null", Libc.O_RDONLY, 0), command);
            const int append = Libc.O_WRONLY | Libc.O_CREAT | Libc.O_APPEND;
            Check(Libc.FileActionsOpen(actions, 1, logPath, append, 0b110_000_000), command);
            Check(Libc.FileActionsDuplicate(actions, 1, 2), command);
            Check(Libc.FileActionsCloseFrom(actions, 3), command);
            Check(Libc.FileActionsChangeDirectory(actions, "/"), command);

            const short flags = Libc.POSIX_SPAWN_SETSID | Libc.POSIX_SPAWN_SETSIGDEF | Libc.POSIX_SPAWN_SETSIGMASK;
            Check(Libc.SpawnAttributesSetFlags(attributes, flags), command);
            _ = Libc.SignalSetFill(signals);
            Check(Libc.SpawnAttributesSetSignalDefault(attributes, signals), command);
            _ = Libc.SignalSetEmpty(signals);
            Check(Libc.SpawnAttributesSetSignalMask(attributes, signals), command);

            int pid;
            Check(
                Libc.PosixSpawn(&pid, command[0], actions, attributes, arguments.Pointer, environment.Pointer),
                command
            );
            return pid;
        }
        finally
        {
            _ = Libc.FileActionsDestroy(actions);
            _ = Libc.SpawnAttributesDestroy(attributes);
        }
    }

    /// <summary>
    /// How a child has ended ("exit status 1", "signal 9"), or null while it has not, or when it is no child of ours. Until it
    /// is asked, an ended child stays a zombie.
    /// </summary>
    public static string? Reap(int pid)
    {
        int status;
        if (Libc.WaitPid(pid, &status, Libc.WNOHANG) != pid)
            return null;
        // wait(2): the low seven bits have the signal, the next byte the exit status.
        int signal = status & 0x7f;
        return signal != 0 ? $"signal {signal}" : $"exit status {(status >> 8) & 0xff}";
    }

    internal static List<string> Environment()
    {
        List<string> variables = [$"PATH={Programs.SearchPath}"];
        foreach (DictionaryEntry variable in System.Environment.GetEnvironmentVariables())
        {
            string name = (string)variable.Key;
            if (
                KeptVariables.Contains(name, StringComparer.Ordinal)
                || Array.Exists(KeptPrefixes, prefix => name.StartsWith(prefix, StringComparison.Ordinal))
            )
            {
                variables.Add($"{name}={(string?)variable.Value}");
            }
        }
        return variables;
    }

    private static void Check(int error, IReadOnlyList<string> command)
    {
        if (error != 0)
            throw new IOException($"start {command[0]}: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    /// <summary>A char *[] that ends with a null pointer.</summary>
    private sealed class NativeStrings : IDisposable
    {
        private readonly int _count;

        public NativeStrings(IReadOnlyList<string> strings)
        {
            _count = strings.Count;
            Pointer = (byte**)NativeMemory.AllocZeroed((nuint)(_count + 1), (nuint)sizeof(byte*));
            for (int i = 0; i < _count; i++)
                Pointer[i] = (byte*)Marshal.StringToCoTaskMemUTF8(strings[i]);
        }

        public byte** Pointer { get; }

        public void Dispose()
        {
            for (int i = 0; i < _count; i++)
                Marshal.FreeCoTaskMem((nint)Pointer[i]);
            NativeMemory.Free(Pointer);
        }
    }
}
