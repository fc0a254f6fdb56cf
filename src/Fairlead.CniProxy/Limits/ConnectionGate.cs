using System.IO.Pipelines;
using System.Net.Sockets;
using Fairlead.CniProxy.Peers;
using Grpc.Core;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Logging;

namespace Fairlead.CniProxy.Limits;

/// <summary>
/// What every connection goes through: the process at the other end is kept hold of for as long as the connection lasts,
/// each caller has only so many, and one that says nothing is closed.
/// </summary>
internal sealed partial class ConnectionGate(Callers callers, ConnectionPlaces places, ILogger<ConnectionGate> logger)
{
    // "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n": RFC 9113, section 3.4
    private const int PrefaceBytes = 24;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    public async Task PassAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        Socket socket = connection.Features.Get<IConnectionSocketFeature>()!.Socket;
        using PeerConnection peer = PeerConnection.Of(socket);
        connection.Features.Set(peer);
        string caller = await NameAsync(peer.Look(), connection.ConnectionClosed);
        using IDisposable? place = places.TryEnter(caller);
        if (place is null)
            LogTooMany(logger, caller, ConnectionPlaces.MostOfOneCaller, peer.Look());
        else if (await HasSpokenAsync(connection))
            await next(connection);
    }

    private async Task<string> NameAsync(Peer peer, CancellationToken cancellationToken)
    {
        try
        {
            Caller caller = await callers.IdentifyAsync(peer, cancellationToken);
            return caller.Sandbox?.Id ?? caller.ToString();
        }
        catch (RpcException)
        {
            return "strangers"; // who are told so when they ask for something
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

    [LoggerMessage(
        EventId = 41,
        Level = LogLevel.Warning,
        Message = "refused a connection of {Caller}, which has {Most} ({Peer})"
    )]
    private static partial void LogTooMany(ILogger logger, string caller, int most, Peer peer);
}
