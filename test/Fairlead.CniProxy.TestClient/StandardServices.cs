using Fairlead.CniProxy.Client;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Grpc.Reflection.V1Alpha;

namespace Fairlead.CniProxy.TestClient;

/// <summary>What tools ask every gRPC server.</summary>
internal static class StandardServices
{
    public static async Task<string> HealthAsync(string socket, string service)
    {
        using GrpcChannel channel = UnixSocketChannel.Create(socket);
        try
        {
            HealthCheckRequest request = new() { Service = service };
            return (await new Health.HealthClient(channel).CheckAsync(request)).Status.ToString();
        }
        catch (RpcException e)
        {
            return Text(e);
        }
    }

    /// <summary>The services' names, by reflection, and the files that describe the last one.</summary>
    public static async Task<string> ListAsync(string socket)
    {
        using GrpcChannel channel = UnixSocketChannel.Create(socket);
        using AsyncDuplexStreamingCall<ServerReflectionRequest, ServerReflectionResponse> call =
            new ServerReflection.ServerReflectionClient(channel).ServerReflectionInfo();
        try
        {
            ServerReflectionResponse list = await AskAsync(call, new() { ListServices = "*" });
            string[] names = [.. list.ListServicesResponse.Service.Select(s => s.Name).Order(StringComparer.Ordinal)];
            ServerReflectionResponse files = await AskAsync(call, new() { FileContainingSymbol = names[0] });
            await call.RequestStream.CompleteAsync();
            return $"{string.Join(' ', names)}; files of the first: {files.FileDescriptorResponse.FileDescriptorProto.Count}";
        }
        catch (RpcException e)
        {
            return Text(e);
        }
    }

    private static async Task<ServerReflectionResponse> AskAsync(
        AsyncDuplexStreamingCall<ServerReflectionRequest, ServerReflectionResponse> call,
        ServerReflectionRequest request
    )
    {
        await call.RequestStream.WriteAsync(request);
        return await call.ResponseStream.MoveNext(CancellationToken.None)
            ? call.ResponseStream.Current
            : throw new InvalidOperationException("the answers have ended");
    }

    private static string Text(RpcException e) => $"{e.StatusCode} {e.Trailers.GetValue(CniProxyReason.TrailerKey)}";
}
