using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Fairlead.CniProxy.Client;

namespace Fairlead.CniProxy.TestClient;

/// <summary>What a peer does that means no good.</summary>
internal static class Attack
{
    // Some 48 KiB when it is packed.
    private const int InflatedBytes = 48 * 1024 * 1024;

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
        using HttpClient http = new(HandlerFor(path)) { Timeout = s_patience };
        using HttpRequestMessage request = RequestFor("/fairlead.cniproxy.v1.CniProxy/Add", new EndlessContent());
        using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return response.Headers.TryGetValues("fairlead-reason", out IEnumerable<string>? reasons)
            ? string.Join(',', reasons)
            : response.ToString();
    }

    /// <summary>A short message that would be a long one, if it were inflated; the gRPC status that the proxy answers with.</summary>
    public static async Task<string> SendBombAsync(string path, string method)
    {
        using MemoryStream packed = new();
        await using (GZipStream gzip = new(packed, CompressionLevel.SmallestSize, leaveOpen: true))
            await gzip.WriteAsync(new byte[InflatedBytes]);
        // gRPC's frame: compressed, and how long.
        byte[] frame = [1, 0, 0, 0, 0, .. packed.ToArray()];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), (int)packed.Length);

        using HttpMessageInvoker http = new(HandlerFor(path));
        using HttpRequestMessage request = RequestFor(method, new ByteArrayContent(frame));
        request.Headers.Add("grpc-encoding", "gzip");
        using HttpResponseMessage response = await http.SendAsync(request, CancellationToken.None);
        await response.Content.ReadAsByteArrayAsync();
        return new[] { response.Headers, response.TrailingHeaders }
                .SelectMany(headers => headers)
                .FirstOrDefault(header => header.Key == "grpc-status")
                .Value?.Single()
            ?? response.ToString();
    }

    /// <summary>Asks again and again, and counts the refusals.</summary>
    public static async Task<string> RepeatAsync(int count, Func<Task<string>> request)
    {
        int refused = 0;
        for (int i = 0; i < count; i++)
        {
            try
            {
                await request();
            }
            catch (CniProxyException)
            {
                refused++;
            }
        }

        return refused.ToString(CultureInfo.InvariantCulture);
    }

    private static SocketsHttpHandler HandlerFor(string path) =>
        new()
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };

    private static HttpRequestMessage RequestFor(string method, HttpContent content)
    {
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        return new HttpRequestMessage(HttpMethod.Post, $"http://localhost{method}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
    }

    private sealed class EndlessContent : HttpContent
    {
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
