using System.Threading.Channels;
using Fairlead.Vmi.Interop;

namespace Fairlead.Vmi.Packets;

/// <summary>Frames as they come, from a thread that blocks in a packet socket, to whoever awaits them.</summary>
internal sealed class PacketCapture : IDisposable
{
    // How soon the end is noticed.
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(100);

    // A reader that lags behind a flood of frames loses the newest ones, and not the machine its memory.
    private readonly Channel<CapturedFrame> _frames = Channel.CreateBounded<CapturedFrame>(
        new BoundedChannelOptions(10_000) { FullMode = BoundedChannelFullMode.DropWrite }
    );
    private readonly CancellationTokenSource _end = new();
    private readonly PacketSocket _socket;
    private readonly Thread _thread;

    private PacketCapture(PacketSocket socket)
    {
        _socket = socket;
        _thread = new Thread(Read) { IsBackground = true, Name = "capture" };
        _thread.Start();
    }

    /// <summary>What was captured; it ends with the capture, with the failure if there was one.</summary>
    public ChannelReader<CapturedFrame> Frames => _frames.Reader;

    /// <summary>Captures on a link of this thread's network namespace, or on all of them.</summary>
    /// <exception cref="IOException">The kernel refused.</exception>
    public static PacketCapture Start(int ifIndex, SockFilter[] filter) => new(PacketSocket.Open(ifIndex, filter));

    /// <summary>Captures with a socket that was opened elsewhere, and owns it.</summary>
    public static PacketCapture Start(PacketSocket socket) => new(socket);

    public void Dispose()
    {
        _end.Cancel();
        _thread.Join();
        _socket.Dispose();
        _end.Dispose();
    }

    private void Read()
    {
        try
        {
            while (!_end.IsCancellationRequested)
            {
                if (_socket.Receive(s_patience) is { } frame)
                    _frames.Writer.TryWrite(frame);
            }

            _frames.Writer.Complete();
        }
        catch (IOException e)
        {
            _frames.Writer.Complete(e);
        }
    }
}
