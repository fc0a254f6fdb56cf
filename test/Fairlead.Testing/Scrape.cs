using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Fairlead.Testing;

/// <summary>What a daemon's metrics socket answered.</summary>
public sealed record Scrape(HttpStatusCode Status, string Text)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <param name="socket">Path of the Unix socket.</param>
    /// <param name="path">Path of the page.</param>
    public static async Task<Scrape> GetAsync(string socket, string path)
    {
        using SocketsHttpHandler handler = new()
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                Socket connection = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellationToken);
                return new NetworkStream(connection, ownsSocket: true);
            },
        };
        using HttpClient client = new(handler);
        using HttpResponseMessage response = await client.GetAsync(new Uri($"http://localhost{path}"), Cancellation);
        return new Scrape(response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation));
    }

    /// <summary>The sum of the series of that name that have all of these labels; null when there is none.</summary>
    public double? Value(string name, params string[] labels)
    {
        double[] values =
        [
            .. Text.Split('\n')
                .Where(line =>
                    line.StartsWith(name + "{", StringComparison.Ordinal)
                    || line.StartsWith(name + " ", StringComparison.Ordinal)
                )
                .Where(line => labels.All(label => line.Contains(label, StringComparison.Ordinal)))
                .Select(line => line[(line.LastIndexOf('}') + 1)..].Trim().Split(' ')[0])
                .Select(value => double.Parse(value, CultureInfo.InvariantCulture)),
        ];
        return values is [] ? null : values.Sum();
    }
}
