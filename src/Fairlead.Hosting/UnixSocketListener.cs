using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Fairlead.Hosting;

/// <summary>A daemon's Unix socket: made anew over a stale one, for its owner only.</summary>
public static class UnixSocketListener
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Lets Kestrel listen for gRPC on the socket and on nothing else.</summary>
    /// <param name="builder">The daemon.</param>
    /// <param name="path">Where the socket is to be; its directory is made (0700) when there is none.</param>
    /// <param name="connection">Middleware for each connection, or null.</param>
    /// <exception cref="IOException">Somebody else listens there.</exception>
    public static void Configure(WebApplicationBuilder builder, string path, Action<ListenOptions>? connection = null)
    {
        Prepare(path);
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel =>
            {
                kestrel.ListenUnixSocket(
                    path,
                    listen =>
                    {
                        listen.Protocols = HttpProtocols.Http2;
                        connection?.Invoke(listen);
                    }
                );
            });
    }

    /// <summary>Takes the socket from everybody but its owner. Its directory does so already between bind and this.</summary>
    public static void Restrict(string path) => File.SetUnixFileMode(path, OwnerOnly);

    /// <summary>Makes room for a socket: its directory (0700) when there is none, and no stale socket in it.</summary>
    /// <exception cref="IOException">Somebody else listens there.</exception>
    internal static void Prepare(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, OwnerOnly | UnixFileMode.UserExecute);
        RemoveStale(path);
    }

    // A process that was killed leaves its socket's name behind, and bind(2) refuses an existing one.
    private static void RemoveStale(string path)
    {
        if (!File.Exists(path))
            return;
        using Socket probe = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException)
        {
            File.Delete(path); // nobody listens
            return;
        }

        throw new IOException($"{path}: another process listens there already");
    }
}
