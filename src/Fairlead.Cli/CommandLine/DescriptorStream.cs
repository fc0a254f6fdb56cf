using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Fairlead.Cli.CommandLine;

/// <summary>
/// Standard output or standard error by write(2). .NET's console stream hides EPIPE, so that a watch whose reader has
/// ended would go on for ever; FileStream writes at an offset of its own, so that <c>&gt;file 2&gt;&amp;1</c> loses text.
/// </summary>
internal sealed partial class DescriptorStream(int descriptor) : Stream
{
    private const int Eintr = 4;
    private const int Eagain = 11;
    private const int Epipe = 32;
    private const short PollOut = 4;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

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

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
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
                    PollFor waiting = new(descriptor, PollOut);
                    _ = Poll(ref waiting, 1, -1);
                    break;
                case Epipe:
                    throw new BrokenPipeException();
                case int error:
                    throw new IOException($"cannot write the output: {new Win32Exception(error).Message}");
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint WriteTo(int descriptor, ReadOnlySpan<byte> buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(ref PollFor descriptors, ulong count, int timeout);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct PollFor(int Descriptor, short Events, short Returned = 0);
}
