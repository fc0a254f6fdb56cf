using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using System.Text.Json;

namespace Fairlead.Kubernetes.Requests;

/// <summary>Makes exceptions of what the server or the way to it said.</summary>
internal static class Failures
{
    private const int ShownBodyChars = 300;

    public static async Task<KubernetesException> OfResponseAsync(
        string operation,
        HttpResponseMessage response,
        CancellationToken cancellationToken
    )
    {
        byte[] body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        TimeSpan? retryAfter = response.Headers.RetryAfter?.Delta;
        if (TryReadStatus(body) is { } status)
            return OfStatus(operation, status, response.StatusCode, retryAfter);
        string text = Encoding.UTF8.GetString(body).Trim();
        if (text.Length > ShownBodyChars)
            text = text[..ShownBodyChars] + "...";
        return new KubernetesException(operation, text is "" ? $"HTTP {(int)response.StatusCode}" : text)
        {
            StatusCode = response.StatusCode,
            RetryAfter = retryAfter,
        };
    }

    /// <summary>An error event of a watch.</summary>
    public static KubernetesException OfWatchError(string operation, ReadOnlySpan<byte> status) =>
        TryReadStatus(status) is { } read
            ? OfStatus(operation, read, HttpStatusCode.InternalServerError, retryAfter: null)
            : new KubernetesException(operation, "an error event that is no Status")
            {
                StatusCode = HttpStatusCode.InternalServerError,
            };

    /// <summary>Whether it says that the server was not reached, or not with a credential.</summary>
    public static bool IsTransport(Exception e) =>
        e is HttpRequestException or IOException or SocketException or KubeconfigException;

    public static KubernetesException OfTransport(string operation, Exception e) =>
        e is HttpRequestException { InnerException: AuthenticationException tls }
            ? new KubernetesException(operation, $"TLS: {tls.InnerException?.Message ?? tls.Message}", e)
            : new KubernetesException(operation, e.GetBaseException().Message, e);

    private static KubernetesException OfStatus(
        string operation,
        StatusObject status,
        HttpStatusCode code,
        TimeSpan? retryAfter
    ) =>
        new(operation, status.Message ?? status.Reason ?? $"HTTP {(int)code}")
        {
            StatusCode = status.Code is > 0 and { } own ? (HttpStatusCode)own : code,
            Reason = status.Reason ?? "",
            RetryAfter =
                retryAfter ?? (status.Details?.RetryAfterSeconds is > 0 and { } s ? TimeSpan.FromSeconds(s) : null),
            Causes =
            [
                .. status.Details?.Causes?.Select(c => new StatusCause(c.Field ?? "", c.Reason ?? "", c.Message ?? ""))
                    ?? [],
            ],
        };

    private static StatusObject? TryReadStatus(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, KubernetesJson.Default.StatusObject) is { Kind: "Status" } status
                ? status
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
