using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Fairlead.Cli.CommandLine;

/// <summary>
/// A standard stream by read(2) and write(2). .NET's console stream hides EPIPE, so that a watch whose reader has
/// ended would go on for ever; FileStream writes at an offset of its own, so that <c>&gt;file 2&gt;&amp;1</c> loses text.
/// </summary>
/// <param name="descriptor">0, 1 or 2.</param>
/// <param name="cancellationToken">Ends a read that waits; .NET's own console stream would go on waiting.</param>
internal sealed partial class DescriptorStream(int descriptor, CancellationToken cancellationToken = default) : Stream
{
    private const int GetDescriptorFlags = 1; // F_GETFD
    private const int CloseOnExec = 1; // FD_CLOEXEC
    private const int StandardError = 2;
    private const int Eintr = 4;
    private const int Eagain = 11;
    private const int Epipe = 32;
    private const short PollIn = 1;
    private const short PollOut = 4;
    private const int PollMilliseconds = 50;
    private const int Forever = -1;

    // Closed when the program was started (<&-): the number is then free for the first file that the runtime opens, and
    // reading from that hangs or gives nonsense. All that the runtime opens is closed on exec; what was inherited is not.
    private readonly bool _isOpen = (Control(descriptor, GetDescriptorFlags) & CloseOnExec) == 0;

    public override bool CanRead => descriptor == 0;

    public override bool CanSeek => false;

    public override bool CanWrite => descriptor != 0;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Flush()
    {
        // Nothing is held back.
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (!_isOpen)
            throw new IOException("cannot read the input: standard input is closed");
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!IsReady(PollIn, PollMilliseconds))
                continue;
            nint read = ReadFrom(descriptor, buffer, (nuint)buffer.Length);
            if (read >= 0)
                return (int)read;
            if (Marshal.GetLastPInvokeError() is not (Eintr or Eagain) and int error)
                throw new IOException($"cannot read the input: {new Win32Exception(error).Message}");
        }
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (!_isOpen)
        {
            if (descriptor == StandardError)
                return; // there is nowhere to complain
            throw new IOException("cannot write the output: standard output is closed");
        }

        while (!buffer.IsEmpty)
        {
            nint written = WriteTo(descriptor, buffer, (nuint)buffer.Length);
            if (written >= 0)
            {
                buffer = buffer[(int)written..];
                continue;
            }
            switch (Marshal.GetLastPInvokeError())
            {
                case Eintr:
                    break;
                case Eagain:
                    // Somebody else made the terminal non-blocking; it is one open file description for all its users.
                    _ = IsReady(PollOut, Forever);
                    break;
                case Epipe:
                    throw new BrokenPipeException();
                case int error:
                    throw new IOException($"cannot write the output: {new Win32Exception(error).Message}");
            }
        }
    }

    private bool IsReady(short events, int milliseconds)
    {
        PollFor waiting = new(descriptor, events);
        return Poll(ref waiting, 1, milliseconds) > 0;
    }

    // -1, with all bits set, for a descriptor that is nobody's.
    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Control(int descriptor, int command);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint ReadFrom(int descriptor, Span<byte> buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint WriteTo(int descriptor, ReadOnlySpan<byte> buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(ref PollFor descriptors, ulong count, int timeout);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct PollFor(int Descriptor, short Events, short Returned = 0);
}
