using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace Fairlead.Hosting;

/// <summary>Where a daemon tells of itself by HTTP: a TCP endpoint, or a Unix socket that is its owner's alone.</summary>
public sealed record MetricsAddress
{
    private const string UnixPrefix = "unix:";

    private MetricsAddress(IPEndPoint? endPoint, string? socketPath) => (EndPoint, SocketPath) = (endPoint, socketPath);

    /// <summary>The TCP endpoint; null for a Unix socket.</summary>
    public IPEndPoint? EndPoint { get; }

    /// <summary>The Unix socket's path; null for TCP.</summary>
    public string? SocketPath { get; }

    /// <summary>Reads "unix:PATH", "ADDRESS:PORT", "[ADDRESS]:PORT", or ":PORT" for every address of the machine.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out MetricsAddress? address)
    {
        address = null;
        if (text.StartsWith(UnixPrefix, StringComparison.Ordinal) && text.Length > UnixPrefix.Length)
            address = new MetricsAddress(endPoint: null, Path.GetFullPath(text[UnixPrefix.Length..]));
        else if (text.StartsWith(':') && ushort.TryParse(text[1..], CultureInfo.InvariantCulture, out ushort port))
            address = new MetricsAddress(new IPEndPoint(IPAddress.IPv6Any, port), socketPath: null);
        // IPEndPoint reads an address without a port too, and calls the port 0.
        else if (IPEndPoint.TryParse(text, out IPEndPoint? endPoint) && endPoint.Port > 0)
            address = new MetricsAddress(endPoint, socketPath: null);
        return address is not null;
    }

    public override string ToString() => SocketPath is null ? EndPoint!.ToString() : UnixPrefix + SocketPath;
}
