using System.Globalization;
using System.IO.Pipelines;
using System.Net.Sockets;
using Fairlead.CniProxy.Client;
using Fairlead.CniProxy.Peers;
using Grpc.Core;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Fairlead.CniProxy.Limits;

/// <summary>
/// What every connection goes through: the process at the other end is kept hold of for as long as the connection lasts,
/// each caller has only so many, and one that says nothing is closed.
/// </summary>
internal sealed class ConnectionGate(Callers callers, ConnectionPlaces places, RefusalLog refusals)
{
    // "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n": RFC 9113, section 3.4
    private const int PrefaceBytes = 24;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    public async Task PassAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        Socket socket = connection.Features.Get<IConnectionSocketFeature>()!.Socket;
        using PeerConnection peer = PeerConnection.Of(socket);
        connection.Features.Set(peer);
        Caller? caller = await IdentifyAsync(peer.Look(), connection.ConnectionClosed);
        peer.OpenedBy = caller?.ToString() ?? Caller.Stranger;
        using IDisposable? place = places.TryEnter(caller?.Sandbox?.Id ?? peer.OpenedBy);
        if (place is null)
            refusals.Write(
                "a connection",
                peer.OpenedBy,
                CniProxyReason.TooManyConnections,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"there are {ConnectionPlaces.MostOfOneCaller} of it already"
                ),
                peer.Look()
            );
        else if (await HasSpokenAsync(connection))
            await next(connection);
    }

    private async Task<Caller?> IdentifyAsync(Peer peer, CancellationToken cancellationToken)
    {
        try
        {
            return await callers.IdentifyAsync(peer, cancellationToken);
        }
        catch (RpcException)
        {
            return null; // a stranger, who is told so when it asks for something
        }
    }

    /// <summary>Whether an HTTP/2 preface arrives in time; it is left for the server to read.</summary>
    private static async Task<bool> HasSpokenAsync(ConnectionContext connection)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(
            connection.ConnectionClosed
        );
        limit.CancelAfter(s_patience);
        PipeReader input = connection.Transport.Input;
        try
        {
            while (true)
            {
                ReadResult read = await input.ReadAsync(limit.Token);
                bool isThere = read.Buffer.Length >= PrefaceBytes;
                input.AdvanceTo(read.Buffer.Start, isThere ? read.Buffer.Start : read.Buffer.End);
                if (isThere || read.IsCompleted)
                    return isThere;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            return false;
        }
    }
}
