using Grpc.Core;

namespace Fairlead.CniProxy.Client;

/// <summary>The CNI proxy refused a request, failed at it, or cannot be reached.</summary>
public sealed class CniProxyException : Exception
{
    internal CniProxyException(string operation, RpcException cause)
        : base($"{operation}: {MessageOf(cause)}", cause)
    {
        Status = cause.StatusCode;
        Reason = cause.Trailers.GetValue(CniProxyReason.TrailerKey);
    }

    /// <summary>The gRPC status.</summary>
    public StatusCode Status { get; }

    /// <summary>One of <see cref="CniProxyReason"/>, or null when the proxy was not reached.</summary>
    public string? Reason { get; }

    /// <summary>True when a retry can help.</summary>
    public bool IsTransient => Status is StatusCode.Unavailable or StatusCode.DeadlineExceeded;

    private static string MessageOf(RpcException cause) =>
        cause.StatusCode == StatusCode.Unavailable && cause.Trailers.Get(CniProxyReason.TrailerKey) is null
            ? $"the CNI proxy cannot be reached ({cause.Status.DebugException?.GetBaseException().Message ?? cause.Status.Detail})"
            : cause.Status.Detail;
}
