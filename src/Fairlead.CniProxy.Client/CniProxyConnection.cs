using Fairlead.CniProxy.V1;
using Grpc.Core;
using Grpc.Net.Client;

namespace Fairlead.CniProxy.Client;

/// <summary>The CNI proxy at the other end of a Unix socket. Connects on first use and again whenever it must.</summary>
public sealed class CniProxyConnection : IDisposable
{
    // Longer than the proxy gives a chain of plugins, so that its own answer comes first.
    private static readonly TimeSpan s_callTimeout = TimeSpan.FromMinutes(5);

    private readonly GrpcChannel _channel;
    private readonly V1.CniProxy.CniProxyClient _client;

    public CniProxyConnection(string socketPath)
    {
        _channel = UnixSocketChannel.Create(socketPath);
        _client = new V1.CniProxy.CniProxyClient(_channel);
    }

    /// <summary>CNI ADD. Idempotent by <paramref name="key"/>.</summary>
    /// <param name="key">The caller's name for the attachment.</param>
    /// <param name="network">Name of the network; null for the default one.</param>
    /// <param name="interfaceName">Name of the interface to make.</param>
    /// <param name="mac">The MAC that the endpoint shall have; null leaves it to the network.</param>
    /// <param name="cancellationToken">Ends the wait; what the proxy has begun it finishes.</param>
    /// <exception cref="CniProxyException">Refused, failed, or not reached.</exception>
    public async Task<Attachment> AddAsync(
        string key,
        string? network,
        string interfaceName,
        string? mac,
        CancellationToken cancellationToken
    )
    {
        AddRequest request = new()
        {
            Key = key,
            Network = network ?? "",
            InterfaceName = interfaceName,
            Options = new VnicOptions { Mac = mac ?? "" },
        };
        AddResponse response = await CallAsync(
            $"ADD {key}",
            deadline => _client.AddAsync(request, deadline: deadline, cancellationToken: cancellationToken)
        );
        return response.Attachment;
    }

    /// <summary>CNI DEL; an unknown key is success.</summary>
    /// <exception cref="CniProxyException">Refused, failed, or not reached.</exception>
    public async Task DeleteAsync(string key, CancellationToken cancellationToken) =>
        await CallAsync(
            $"DEL {key}",
            deadline =>
                _client.DeleteAsync(
                    new DeleteRequest { Key = key },
                    deadline: deadline,
                    cancellationToken: cancellationToken
                )
        );

    /// <summary>The caller's attachments; the administrator's call lists everybody's.</summary>
    /// <exception cref="CniProxyException">Refused, or not reached.</exception>
    public async Task<IReadOnlyList<Attachment>> ListAsync(CancellationToken cancellationToken)
    {
        ListResponse response = await CallAsync(
            "list attachments",
            deadline => _client.ListAsync(new ListRequest(), deadline: deadline, cancellationToken: cancellationToken)
        );
        return response.Attachments;
    }

    /// <summary>The networks on offer and whether they are ready.</summary>
    /// <exception cref="CniProxyException">Refused, or not reached.</exception>
    public Task<StatusResponse> StatusAsync(CancellationToken cancellationToken) =>
        CallAsync(
            "status",
            deadline =>
                _client.StatusAsync(new StatusRequest(), deadline: deadline, cancellationToken: cancellationToken)
        );

    public void Dispose() => _channel.Dispose();

    private static async Task<T> CallAsync<T>(string operation, Func<DateTime, AsyncUnaryCall<T>> call)
    {
        try
        {
            return await call(DateTime.UtcNow + s_callTimeout);
        }
        catch (RpcException e)
            when (e is { StatusCode: StatusCode.Cancelled, InnerException: OperationCanceledException cancelled })
        {
            throw new OperationCanceledException(cancelled.Message, e, cancelled.CancellationToken);
        }
        catch (RpcException e)
        {
            throw new CniProxyException(operation, e);
        }
    }
}
