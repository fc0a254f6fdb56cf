using System.Net.Sockets;
using Grpc.Net.Client;

namespace Fairlead.CniProxy.Client;

/// <summary>gRPC over a path-based Unix socket.</summary>
public static class UnixSocketChannel
{
    /// <summary>Makes a channel to the server that listens at <paramref name="socketPath"/>; it connects on first use.</summary>
    public static GrpcChannel Create(string socketPath)
    {
        SocketsHttpHandler handler = new()
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await socket
                        .ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancellationToken)
                        .ConfigureAwait(false);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };
        // The host name is never resolved: the connect callback ignores it.
        return GrpcChannel.ForAddress(
            "http://localhost",
            new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true }
        );
    }
}
