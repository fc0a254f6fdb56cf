using System.Net;
using System.Net.Sockets;
using Fairlead.Netlink;

namespace Fairlead.KubeApi.Tests.Fixture;

/// <summary>A way to the server that can be cut: connections break, and new ones are refused until it is mended.</summary>
public sealed class TcpRelay : IDisposable
{
    private readonly int _target;
    private readonly string? _networkNamespace;
    private readonly Lock _lock = new();
    private readonly List<Socket> _sockets = [];
    private Socket? _listener;

    /// <param name="target">A port on loopback, here.</param>
    /// <param name="networkNamespace">Where to listen; null: here too.</param>
    public TcpRelay(int target, string? networkNamespace = null)
    {
        _target = target;
        _networkNamespace = networkNamespace;
        Mend();
    }

    public int Port { get; private set; }

    public void Cut()
    {
        lock (_lock)
        {
            _listener?.Dispose();
            _listener = null;
            foreach (Socket socket in _sockets)
                socket.Dispose();
            _sockets.Clear();
        }
    }

    public void Mend()
    {
        Socket listener = Listen();
        Port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        lock (_lock)
            _listener = listener;
        _ = AcceptAsync(listener);
    }

    public void Dispose() => Cut();

    // A socket stays in the namespace that it was made in.
    private Socket Listen()
    {
        if (_networkNamespace is null)
            return ListenHere();
        using NetworkNamespace elsewhere = NetworkNamespace.Open(_networkNamespace);
        return elsewhere.Run(ListenHere);
    }

    private Socket ListenHere()
    {
        Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, optionValue: true);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, Port));
        listener.Listen();
        return listener;
    }

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true)
            {
                Socket from = await listener.AcceptAsync(CancellationToken.None);
                Socket to = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                lock (_lock)
                    _sockets.AddRange([from, to]);
                _ = ConnectAsync(from, to);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // cut
        }
    }

    // A server that is not there refuses one connection, and the next one is tried again.
    private async Task ConnectAsync(Socket from, Socket to)
    {
        try
        {
            await to.ConnectAsync(IPAddress.Loopback, _target, CancellationToken.None);
            _ = CopyAsync(from, to);
            _ = CopyAsync(to, from);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            from.Dispose();
            to.Dispose();
        }
    }

    private static async Task CopyAsync(Socket from, Socket to)
    {
        byte[] buffer = new byte[16384];
        try
        {
            int read;
            while ((read = await from.ReceiveAsync(buffer.AsMemory(), CancellationToken.None)) > 0)
                await to.SendAsync(buffer.AsMemory(0, read), CancellationToken.None);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException) { }

        from.Dispose();
        to.Dispose();
    }
}
