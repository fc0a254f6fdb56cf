using System.Runtime.InteropServices;

namespace Fairlead.Cli.Tests.Fakes;

/// <summary>A terminal without a screen, see pty(7).</summary>
internal sealed partial class PseudoTerminal : IDisposable
{
    private const int ReadWriteNoControl = 2 | 0x100;
    private const uint Echo = 8;
    private const int LocalFlagsOffset = 12;

    private readonly int _leader;

    public PseudoTerminal()
    {
        _leader = Check(OpenLeader(ReadWriteNoControl));
        Check(Grant(_leader));
        Check(Unlock(_leader));
        byte[] name = new byte[64];
        Check(Name(_leader, name, (nuint)name.Length));
        Descriptor = Check(Open(name, ReadWriteNoControl));
    }

    /// <summary>The end that a program has as its standard input.</summary>
    public int Descriptor { get; }

    /// <summary>Whether what is typed is shown: so before and after raw mode, and not in it.</summary>
    public bool Echoes
    {
        get
        {
            byte[] termios = new byte[128];
            Check(GetAttributes(Descriptor, termios));
            return (BitConverter.ToUInt32(termios, LocalFlagsOffset) & Echo) != 0;
        }
    }

    public void Dispose()
    {
        _ = Close(Descriptor);
        _ = Close(_leader);
    }

    private static int Check(int result) =>
        result >= 0 ? result : throw new IOException($"errno {Marshal.GetLastPInvokeError()}");

    [LibraryImport("libc", EntryPoint = "posix_openpt", SetLastError = true)]
    private static partial int OpenLeader(int flags);

    [LibraryImport("libc", EntryPoint = "grantpt", SetLastError = true)]
    private static partial int Grant(int descriptor);

    [LibraryImport("libc", EntryPoint = "unlockpt", SetLastError = true)]
    private static partial int Unlock(int descriptor);

    [LibraryImport("libc", EntryPoint = "ptsname_r", SetLastError = true)]
    private static partial int Name(int descriptor, [In, Out] byte[] name, nuint length);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true)]
    private static partial int Open([In] byte[] path, int flags);

    [LibraryImport("libc", EntryPoint = "tcgetattr", SetLastError = true)]
    private static partial int GetAttributes(int descriptor, [In, Out] byte[] termios);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
