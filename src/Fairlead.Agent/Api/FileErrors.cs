using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Fairlead.Agent.Api;

/// <summary>A manifest directory that is gone, full or read-only is for the caller to know, in its own words.</summary>
internal sealed class FileErrors : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request,
        ServerCallContext context,
        UnaryServerMethod<TRequest, TResponse> continuation
    )
    {
        try
        {
            return await continuation(request, context);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RpcException(new Status(StatusCode.FailedPrecondition, e.Message));
        }
    }
}
