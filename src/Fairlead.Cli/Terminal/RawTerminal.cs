using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Fairlead.Cli.Terminal;

/// <summary>
/// Puts the terminal into raw mode, where every key goes to the guest, and gives it back on disposal and whenever the
/// process ends otherwise than by SIGKILL. See termios(3).
/// </summary>
internal sealed partial class RawTerminal : IDisposable
{
    // struct termios has 60 bytes in glibc and musl on x86-64 and arm64; it is only copied, never looked into.
    private const int TermiosBytes = 128;
    private const int Now = 0;
    private const int AfterOutput = 1;

    private readonly int _descriptor;
    private readonly byte[] _saved = new byte[TermiosBytes];
    private int _isRestored;

    private RawTerminal(int descriptor) => _descriptor = descriptor;

    public static RawTerminal Enter(int descriptor)
    {
        RawTerminal terminal = new(descriptor);
        if (GetAttributes(descriptor, terminal._saved) != 0)
            throw Failure("read");
        AppDomain.CurrentDomain.ProcessExit += terminal.OnProcessExit;
        byte[] raw = [.. terminal._saved];
        MakeRaw(raw);
        if (SetAttributes(descriptor, Now, raw) != 0)
        {
            IOException failure = Failure("change");
            terminal.Dispose();
            throw failure;
        }
        return terminal;
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
        Restore();
    }

    private void OnProcessExit(object? sender, EventArgs e) => Restore();

    private void Restore()
    {
        if (Interlocked.Exchange(ref _isRestored, 1) == 0)
            _ = SetAttributes(_descriptor, AfterOutput, _saved);
    }

    private static IOException Failure(string what) =>
        new($"cannot {what} the terminal's mode: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");

    [LibraryImport("libc", EntryPoint = "tcgetattr", SetLastError = true)]
    private static partial int GetAttributes(int descriptor, [In, Out] byte[] termios);

    [LibraryImport("libc", EntryPoint = "tcsetattr", SetLastError = true)]
    private static partial int SetAttributes(int descriptor, int when, [In] byte[] termios);

    [LibraryImport("libc", EntryPoint = "cfmakeraw")]
    private static partial void MakeRaw([In, Out] byte[] termios);
}
