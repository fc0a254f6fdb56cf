using System.Diagnostics;
using System.Diagnostics.Metrics;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Fairlead.Hosting;

/// <summary>Counts and times the calls that a daemon serves.</summary>
public sealed class GrpcMetrics : Interceptor
{
    private static readonly Meter s_meter = new("Fairlead.Grpc");

    private static readonly Histogram<double> s_duration = s_meter.CreateHistogram<double>(
        "fairlead.grpc.server.duration",
        "s",
        "How long a gRPC call took to serve, by method and status code; a stream counts until it ends",
        tags: null,
        Buckets.Seconds
    );

    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request,
        ServerCallContext context,
        UnaryServerMethod<TRequest, TResponse> continuation
    ) => MeasureAsync(context, () => continuation(request, context));

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation
    ) => MeasureAsync(context, () => CompleteAsync(continuation(request, responseStream, context)));

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation
    ) => MeasureAsync(context, () => CompleteAsync(continuation(requestStream, responseStream, context)));

    private static async Task<bool> CompleteAsync(Task call)
    {
        await call;
        return true;
    }

    private static async Task<T> MeasureAsync<T>(ServerCallContext context, Func<Task<T>> call)
    {
        long begin = Stopwatch.GetTimestamp();
        StatusCode code = StatusCode.Unknown;
        try
        {
            T response = await call();
            code = StatusCode.OK;
            return response;
        }
        catch (RpcException e)
        {
            code = e.StatusCode;
            throw;
        }
        catch (OperationCanceledException)
        {
            code = StatusCode.Cancelled;
            throw;
        }
        finally
        {
            s_duration.Record(
                Stopwatch.GetElapsedTime(begin).TotalSeconds,
                new KeyValuePair<string, object?>("method", context.Method),
                new KeyValuePair<string, object?>("code", code.ToString())
            );
        }
    }
}

/// <summary>Histogram buckets.</summary>
internal static class Buckets
{
    public static InstrumentAdvice<double> Seconds { get; } =
        new() { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] };
}
