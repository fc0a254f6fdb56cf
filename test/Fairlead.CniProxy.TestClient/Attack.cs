using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace Fairlead.CniProxy.TestClient;

/// <summary>What a peer does that means no good.</summary>
internal static class Attack
{
    private static readonly List<Socket> s_open = [];
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary>Opens so many connections, says nothing on them, and counts those that the proxy has closed by itself.</summary>
    public static int Connect(string path, int count)
    {
        int refused = 0;
        for (int i = 0; i < count; i++)
        {
            Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                socket.Connect(new UnixDomainSocketEndPoint(path));
                s_open.Add(socket);
            }
            catch (SocketException)
            {
                refused++; // the backlog is full
                socket.Dispose();
            }
        }

        long deadline = Environment.TickCount64 + (long)s_patience.TotalMilliseconds;
        int closed;
        do
        {
            Thread.Sleep(50);
            closed = s_open.Count(socket => socket.Poll(0, SelectMode.SelectRead));
        } while (closed + refused < count && Environment.TickCount64 < deadline);
        return closed + refused;
    }

    /// <summary>Begins an Add whose message never comes to its end; what the proxy answers to that.</summary>
    public static async Task<string> SendSlowlyAsync(string path)
    {
        using SocketsHttpHandler handler = new()
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        using HttpClient http = new(handler) { Timeout = s_patience };
        using HttpRequestMessage request = new(HttpMethod.Post, "http://localhost/fairlead.cniproxy.v1.CniProxy/Add")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new EndlessContent(),
        };
        using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return response.Headers.TryGetValues("fairlead-reason", out IEnumerable<string>? reasons)
            ? string.Join(',', reasons)
            : response.ToString();
    }

    private sealed class EndlessContent : HttpContent
    {
        public EndlessContent() => Headers.ContentType = new MediaTypeHeaderValue("application/grpc");

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            // gRPC's frame: not compressed, 100 bytes long; and of these one comes each second.
            await stream.WriteAsync(new byte[] { 0, 0, 0, 0, 100 });
            for (int i = 0; i < 100; i++)
            {
                await stream.WriteAsync(new byte[] { 10 });
                await stream.FlushAsync();
                await Task.Delay(TimeSpan.FromSeconds(1));
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
