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
        return await AddAsync(request, cancellationToken);
    }

    /// <summary>CNI ADD with every option that there is. Idempotent by key.</summary>
    /// <exception cref="CniProxyException">Refused, failed, or not reached.</exception>
    public async Task<Attachment> AddAsync(AddRequest request, CancellationToken cancellationToken)
    {
        AddResponse response = await CallAsync(
            $"ADD {request.Key}",
            deadline => _client.AddAsync(request, deadline: deadline, cancellationToken: cancellationToken)
        );
        return response.Attachment;
    }

    /// <summary>CNI DEL; an unknown key is success.</summary>
    /// <exception cref="CniProxyException">Refused, failed, or not reached.</exception>
    public Task DeleteAsync(string key, CancellationToken cancellationToken) =>
        DeleteAsync(new DeleteRequest { Key = key }, cancellationToken);

    /// <summary>CNI DEL; an unknown key is success, and the answer says so.</summary>
    /// <exception cref="CniProxyException">Refused, failed, or not reached.</exception>
    public Task<DeleteResponse> DeleteAsync(DeleteRequest request, CancellationToken cancellationToken) =>
        CallAsync(
            $"DEL {request.Key}",
            deadline => _client.DeleteAsync(request, deadline: deadline, cancellationToken: cancellationToken)
        );

    /// <summary>CNI CHECK of an attachment.</summary>
    /// <exception cref="CniProxyException">Refused, or not reached.</exception>
    public Task<CheckResponse> CheckAsync(CheckRequest request, CancellationToken cancellationToken) =>
        CallAsync(
            $"CHECK {request.Key}",
            deadline => _client.CheckAsync(request, deadline: deadline, cancellationToken: cancellationToken)
        );

    /// <summary>The caller's attachments; the administrator's call lists everybody's.</summary>
    /// <exception cref="CniProxyException">Refused, or not reached.</exception>
    public async Task<IReadOnlyList<Attachment>> ListAsync(CancellationToken cancellationToken)
    {
        ListAttachmentsResponse response = await CallAsync(
            "list attachments",
            deadline =>
                _client.ListAttachmentsAsync(
                    new ListAttachmentsRequest(),
                    deadline: deadline,
                    cancellationToken: cancellationToken
                )
        );
        return response.Attachments;
    }

    /// <summary>The networks that are open to the caller; no plugin is run.</summary>
    /// <exception cref="CniProxyException">Refused, or not reached.</exception>
    public async Task<IReadOnlyList<Network>> ListNetworksAsync(CancellationToken cancellationToken)
    {
        ListNetworksResponse response = await CallAsync(
            "list networks",
            deadline =>
                _client.ListNetworksAsync(
                    new ListNetworksRequest(),
                    deadline: deadline,
                    cancellationToken: cancellationToken
                )
        );
        return response.Networks;
    }

    /// <summary>Whether the networks that are open to the caller are ready.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="network">One of them; null for all.</param>
    /// <exception cref="CniProxyException">Refused, or not reached.</exception>
    public Task<StatusResponse> StatusAsync(CancellationToken cancellationToken, string? network = null) =>
        CallAsync(
            "status",
            deadline =>
                _client.StatusAsync(
                    new StatusRequest { Network = network ?? "" },
                    deadline: deadline,
                    cancellationToken: cancellationToken
                )
        );

    /// <summary>
    /// Releases attachments of pods that are gone and those whose release failed, or all of a key or sandbox.
    /// </summary>
    /// <param name="key">Only the attachments of that key, whether or not their pods are there; null for any.</param>
    /// <param name="sandbox">Only the attachments of that pod, likewise; null for any.</param>
    /// <param name="cancellationToken">Ends the wait; what the proxy has begun it finishes.</param>
    /// <exception cref="CniProxyException">Refused, or not reached.</exception>
    public async Task<IReadOnlyList<ReapedAttachment>> ReapAsync(
        string? key,
        string? sandbox,
        CancellationToken cancellationToken
    )
    {
        ReapRequest request = new() { Key = key ?? "", Sandbox = sandbox ?? "" };
        ReapResponse response = await CallAsync(
            "reap attachments",
            deadline => _client.ReapAsync(request, deadline: deadline, cancellationToken: cancellationToken)
        );
        return response.Attachments;
    }

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
