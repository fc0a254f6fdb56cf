using System.Net;
using System.Net.Sockets;
using Fairlead.Hosting.Interop;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Win32.SafeHandles;

namespace Fairlead.Hosting;

/// <summary>A daemon's Unix sockets: made anew over stale ones, for their owner only, or for a group too.</summary>
public static class UnixSocketListener
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerAndGroup = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    // One that is there but does not accept is not stale: who connects to it waits.
    private const int ProbePatienceMs = 2000;

    /// <summary>Lets Kestrel listen for gRPC on the sockets and on nothing else.</summary>
    /// <param name="builder">The daemon.</param>
    /// <param name="paths">Where the sockets are to be; their directories are made (0700) when there are none.</param>
    /// <param name="group">The group that may connect too, by its number; null for none.</param>
    /// <param name="connection">Middleware for each connection, or null.</param>
    /// <exception cref="IOException">Somebody else listens there, or what is there is no socket.</exception>
    public static void Configure(
        WebApplicationBuilder builder,
        IReadOnlyList<string> paths,
        uint? group = null,
        Action<ListenOptions>? connection = null
    )
    {
        foreach (string path in paths)
            Prepare(builder, path, group);
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel =>
            {
                foreach (string path in paths)
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

    /// <summary>Whether a process listens at that path.</summary>
    public static bool IsListenedTo(string path)
    {
        using Socket probe = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        probe.SendTimeout = ProbePatienceMs;
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode is not (SocketError.ConnectionRefused or SocketError.AddressNotAvailable);
        }
    }

    /// <summary>
    /// Makes room for a socket that Kestrel will be told to listen on: its directory (0700) when there is none, and no stale
    /// socket in it.
    /// </summary>
    /// <exception cref="IOException">Somebody else listens there, or what is there is no socket.</exception>
    internal static void Prepare(WebApplicationBuilder builder, string path, uint? group = null)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, OwnerOnly | UnixFileMode.UserExecute);
        RemoveStale(path);
        builder.Services.Configure<SocketTransportOptions>(transport =>
        {
            Func<EndPoint, Socket> ofOthers = transport.CreateBoundListenSocket;
            transport.CreateBoundListenSocket = endPoint =>
                endPoint is UnixDomainSocketEndPoint unix && unix.ToString() == path
                    ? Bind(unix, group)
                    : ofOthers(endPoint);
        });
    }

    /// <summary>
    /// A socket with its mode from the first moment: bind(2) gives the file the mode of the socket itself, less the umask
    /// (net/unix/af_unix.c, unix_bind_bsd). With a chmod afterwards others could connect in between, or put a link there.
    /// </summary>
    internal static Socket Bind(UnixDomainSocketEndPoint endPoint, uint? group)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            using SafeFileHandle handle = new(socket.Handle, ownsHandle: false);
            File.SetUnixFileMode(handle, group is null ? OwnerOnly : OwnerAndGroup);
            if (group is { } id)
                Files.BindForGroup(socket, endPoint, id);
            else
                socket.Bind(endPoint);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // A process that was killed leaves its socket's name behind, and bind(2) refuses an existing one.
    private static void RemoveStale(string path)
    {
        switch (Files.TypeOf(path))
        {
            case null:
                return;
            case FileType.Link: // whoever put it there: it is removed, not followed
            case FileType.Socket when !IsListenedTo(path):
                File.Delete(path);
                return;
            case FileType.Socket:
                throw new IOException($"{path}: another process listens there already");
            default:
                throw new IOException(
                    $"{path}: what is there is no socket and is left alone: remove it, or choose another path"
                );
        }
    }
}
