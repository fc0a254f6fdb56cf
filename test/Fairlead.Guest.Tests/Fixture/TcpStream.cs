using System.Net.Sockets;
using System.Text;

namespace Fairlead.Guest.Tests.Fixture;

/// <summary>One TCP connection and what is said over it, as ASCII.</summary>
public sealed class TcpStream(Socket socket) : IAsyncDisposable
{
    private readonly NetworkStream _stream = new(socket, ownsSocket: true);

    public Task WriteAsync(string text) =>
        _stream.WriteAsync(Encoding.ASCII.GetBytes(text), TestContext.Current.CancellationToken).AsTask();

    /// <summary>What comes until the other side closes.</summary>
    public async Task<string> ReadToEndAsync()
    {
        using StreamReader reader = new(_stream, Encoding.ASCII, leaveOpen: true);
        return await reader
            .ReadToEndAsync(TestContext.Current.CancellationToken)
            .WaitAsync(GuestEnvironment.Patience, TestContext.Current.CancellationToken);
    }

    /// <summary>Says a line to somebody who echoes, and waits for the echo.</summary>
    public async Task EchoAsync(string line)
    {
        await WriteAsync(line + "\n");
        byte[] echoed = new byte[line.Length + 1];
        await _stream
            .ReadExactlyAsync(echoed, TestContext.Current.CancellationToken)
            .AsTask()
            .WaitAsync(GuestEnvironment.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(line + "\n", Encoding.ASCII.GetString(echoed));
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();
}
