using Fairlead.CniProxy.Client;
using Fairlead.CniProxy.Limits;
using Fairlead.CniProxy.Peers;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Fairlead.CniProxy;

/// <summary>What every call of every service goes through: who asks is found out, the call waits for its turn, and a refusal is logged.</summary>
internal sealed class Gate(Callers callers, CallSlots slots, RefusalLog refusals) : Interceptor
{
    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request,
        ServerCallContext context,
        UnaryServerMethod<TRequest, TResponse> continuation
    ) =>
        PassAsync(
            context,
            async () =>
            {
                string peer = CallerOf(context).Sandbox?.Id ?? "";
                using IDisposable place = await slots.EnterAsync(peer, context.CancellationToken);
                return await continuation(request, context);
            }
        );

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation
    ) =>
        PassAsync(
            context,
            async () =>
            {
                await continuation(request, responseStream, context);
                return true;
            }
        );

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation
    ) =>
        PassAsync(
            context,
            async () =>
            {
                await continuation(requestStream, responseStream, context);
                return true;
            }
        );

    /// <summary>Who asks; known to every call that has come this far.</summary>
    public static Caller CallerOf(ServerCallContext context) =>
        context.GetHttpContext().Features.Get<Caller>()
        ?? throw new InvalidOperationException("the call came by no gate");

    private async Task<T> PassAsync<T>(ServerCallContext context, Func<Task<T>> call)
    {
        PeerConnection connection =
            context.GetHttpContext().Features.Get<PeerConnection>()
            ?? throw new InvalidOperationException("the connection has no peer");
        Peer peer = connection.Look();
        try
        {
            context.GetHttpContext().Features.Set(await callers.IdentifyAsync(peer, context.CancellationToken));
            return await call();
        }
        catch (RpcException e)
        {
            string reason = e.Trailers.GetValue(CniProxyReason.TrailerKey) ?? "-";
            Caller? caller = context.GetHttpContext().Features.Get<Caller>();
            refusals.Write(context.Method, caller?.ToString() ?? Caller.Stranger, reason, e.Status.Detail, peer);
            throw;
        }
    }
}
