using System.Globalization;
using System.IO.Pipelines;
using Fairlead.CniProxy.Client;
using Fairlead.CniProxy.Peers;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Fairlead.CniProxy.Limits;

/// <summary>
/// Takes in the whole message of a call of ours before the call begins, within a size and a time, so that who sends slowly
/// holds nothing but its own connection.
/// </summary>
internal sealed class MessageGate(RefusalLog refusals)
{
    /// <summary>The longest message that is taken from anybody.</summary>
    public const int LargestMessageBytes = 64 * 1024;

    // A flag and the length stand before the message.
    private const int FrameHeaderBytes = 5;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);
    private static readonly PathString s_ours = $"/{V1.CniProxy.Descriptor.FullName}";

    public async Task PassAsync(HttpContext http, RequestDelegate next)
    {
        // Of any service: 64 KiB of gzip may be 64 MiB of message.
        if (http.Request.Headers["grpc-encoding"].ToString() is not ("" or "identity") and var encoding)
        {
            Refuse(
                http,
                StatusCode.Unimplemented,
                CniProxyReason.MessageCompressed,
                $"messages are taken as they are, not with {encoding}"
            );
            return;
        }

        // Health and reflection speak in streams, which have no end to wait for; their messages are limited one by one.
        if (!http.Request.Path.StartsWithSegments(s_ours, StringComparison.Ordinal))
        {
            await next(http);
            return;
        }

        if (await ArrivesInTimeAsync(http) is not { } fits)
            Refuse(
                http,
                StatusCode.DeadlineExceeded,
                CniProxyReason.MessageTooSlow,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the message did not arrive within {s_patience.TotalSeconds} s"
                )
            );
        else if (!fits)
            Refuse(
                http,
                StatusCode.ResourceExhausted,
                CniProxyReason.MessageTooLarge,
                $"the message is longer than {LargestMessageBytes} bytes"
            );
        else
            await next(http);
    }

    /// <summary>Whether the message fits; null when it has not arrived in time.</summary>
    private static async Task<bool?> ArrivesInTimeAsync(HttpContext http)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        limit.CancelAfter(s_patience);
        try
        {
            return await ArrivesWholeAsync(http.Request.BodyReader, limit.Token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>Reads to the end and leaves everything there for the call to read.</summary>
    private static async Task<bool> ArrivesWholeAsync(PipeReader body, CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadResult read = await body.ReadAsync(cancellationToken);
            bool fits = read.Buffer.Length <= LargestMessageBytes + FrameHeaderBytes;
            body.AdvanceTo(read.Buffer.Start, read.IsCompleted || !fits ? read.Buffer.Start : read.Buffer.End);
            if (read.IsCompleted || !fits)
                return fits;
        }
    }

    // The answer to a call that never began: gRPC over HTTP/2, "Trailers-Only".
    private void Refuse(HttpContext http, StatusCode status, string reason, string message)
    {
        PeerConnection? connection = http.Features.Get<PeerConnection>();
        refusals.Write(http.Request.Path, connection?.OpenedBy ?? Caller.Stranger, reason, message, connection?.Look());
        http.Response.ContentType = "application/grpc";
        http.Response.Headers["grpc-status"] = ((int)status).ToString(CultureInfo.InvariantCulture);
        http.Response.Headers["grpc-message"] = Uri.EscapeDataString(message);
        http.Response.Headers[CniProxyReason.TrailerKey] = reason;
    }
}
