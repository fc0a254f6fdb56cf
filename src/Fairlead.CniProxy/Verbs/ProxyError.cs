using Fairlead.Cni;
using Fairlead.CniProxy.Client;
using Grpc.Core;

namespace Fairlead.CniProxy.Verbs;

/// <summary>Refusals and failures as gRPC carries them: a status, a message for people, a reason for programs.</summary>
internal static class ProxyError
{
    public static RpcException Invalid(string message) =>
        Make(StatusCode.InvalidArgument, CniProxyReason.InvalidRequest, message);

    public static RpcException UnknownPeer(string message) =>
        Make(StatusCode.PermissionDenied, CniProxyReason.UnknownPeer, message);

    public static RpcException IdentityUnavailable(string message) =>
        Make(StatusCode.Unavailable, CniProxyReason.IdentityUnavailable, message);

    public static RpcException NetworkNotFound(string message) =>
        Make(StatusCode.NotFound, CniProxyReason.NetworkNotFound, message);

    public static RpcException NetworkForbidden(string message) =>
        Make(StatusCode.PermissionDenied, CniProxyReason.NetworkForbidden, message);

    public static RpcException ClusterUnavailable(string message) =>
        Make(StatusCode.Unavailable, CniProxyReason.ClusterUnavailable, message);

    public static RpcException PodForbidden(string message) =>
        Make(StatusCode.PermissionDenied, CniProxyReason.PodForbidden, message);

    public static RpcException OptionForbidden(string message) =>
        Make(StatusCode.PermissionDenied, CniProxyReason.OptionForbidden, message);

    public static RpcException OptionUnsupported(string message) =>
        Make(StatusCode.FailedPrecondition, CniProxyReason.OptionUnsupported, message);

    public static RpcException QuotaExceeded(string message) =>
        Make(StatusCode.ResourceExhausted, CniProxyReason.QuotaExceeded, message);

    public static RpcException AttachmentNotFound(string message) =>
        Make(StatusCode.NotFound, CniProxyReason.AttachmentNotFound, message);

    public static RpcException KeyConflict(string message) =>
        Make(StatusCode.AlreadyExists, CniProxyReason.KeyConflict, message);

    public static RpcException InterfaceNameTaken(string message) =>
        Make(StatusCode.AlreadyExists, CniProxyReason.InterfaceNameTaken, message);

    public static RpcException Plugin(CniException failure) =>
        failure.IsTransient
            ? Make(StatusCode.Unavailable, CniProxyReason.PluginBusy, failure.Message)
            : Make(StatusCode.FailedPrecondition, CniProxyReason.PluginFailed, failure.Message);

    /// <summary>The journal's record of an attachment has parts that cannot be used.</summary>
    public static RpcException Unreadable(CniFormatException failure) =>
        Make(StatusCode.DataLoss, CniProxyReason.PluginFailed, failure.Message);

    private static RpcException Make(StatusCode status, string reason, string message) =>
        new(new Status(status, message), new Metadata { { CniProxyReason.TrailerKey, reason } });
}
