using System.Net.Sockets;
using Fairlead.Cli.CommandLine;
using Grpc.Core;

namespace Fairlead.Cli.AgentAccess;

/// <summary>A call to the agent that failed, as one line with its remedy.</summary>
internal sealed class AgentException(RpcException failure, string socketPath)
    : CliException(Explain(failure, socketPath))
{
    public StatusCode Code { get; } = failure.StatusCode;

    private static string Explain(RpcException failure, string socketPath)
    {
        if (FindSocketError(failure.Status.DebugException) is { } socket)
            return CannotReach(socket, socketPath);
        string detail = OneLine(failure.Status.Detail);
        return failure.StatusCode switch
        {
            // The agent names the object and the reason itself.
            StatusCode.NotFound
            or StatusCode.AlreadyExists
            or StatusCode.InvalidArgument
            or StatusCode.FailedPrecondition
            or StatusCode.Aborted
            or StatusCode.ResourceExhausted
            or StatusCode.OutOfRange => detail,
            StatusCode.PermissionDenied or StatusCode.Unauthenticated =>
                $"the agent refuses: {detail}; run this as root",
            StatusCode.DeadlineExceeded =>
                $"the agent at {socketPath} did not answer in time; see fairlead status and the agent's log",
            StatusCode.Unavailable => $"the agent cannot do that now: {detail}; see fairlead status",
            StatusCode.Cancelled => "the agent ended the call; is it being stopped?",
            StatusCode.Unimplemented =>
                $"the agent does not know this call; its version differs from this program's (fairlead version)",
            _ => $"the agent failed ({failure.StatusCode}): {detail}; see the agent's log",
        };
    }

    private static string CannotReach(SocketException socket, string socketPath) =>
        socket.SocketErrorCode switch
        {
            SocketError.AccessDenied => $"cannot reach the agent at {socketPath}: permission denied; run this as root",
            // .NET's name for ENOENT on a Unix socket.
            SocketError.AddressNotAvailable =>
                $"cannot reach the agent at {socketPath}: no such socket; is the environment up? (fairlead up)",
            SocketError.ConnectionRefused =>
                $"cannot reach the agent at {socketPath}: nobody listens there; is the environment up? (fairlead up)",
            SocketError.ConnectionReset or SocketError.Shutdown =>
                $"lost the agent at {socketPath}: it ended the connection; see fairlead status and the agent's log",
            _ =>
                $"cannot reach the agent at {socketPath}: {OneLine(socket.Message)}; is the environment up? (fairlead up)",
        };

    private static SocketException? FindSocketError(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is SocketException socket)
                return socket;
        }
        return null;
    }

    private static string OneLine(string text) =>
        text.Length == 0 ? "no reason given" : string.Join(' ', text.Split('\n', StringSplitOptions.TrimEntries));
}
