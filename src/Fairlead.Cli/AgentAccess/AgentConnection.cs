using System.CommandLine;
using Fairlead.Agent.V1;
using Fairlead.Cli.ClusterAccess;
using Fairlead.Cli.CommandLine;
using Fairlead.CniProxy.Client;
using Fairlead.Kubernetes;
using Grpc.Core;
using Grpc.Net.Client;

namespace Fairlead.Cli.AgentAccess;

/// <summary>The agent of the environment that the command line names, or the cluster. It connects on first use.</summary>
internal sealed class AgentConnection : IDisposable
{
    // A whole pass of the agent takes well under a second; one that is stuck must not hang a script for ever.
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(30);

    private readonly IDisposable _connection;
    private readonly Domains.DomainsClient? _domains;

    private AgentConnection(string socketPath)
    {
        SocketPath = socketPath;
        GrpcChannel channel = UnixSocketChannel.Create(socketPath);
        _connection = channel;
        Client = new VirtualMachines.VirtualMachinesClient(channel);
        _domains = new Domains.DomainsClient(channel);
    }

    private AgentConnection(KubernetesClient client)
    {
        SocketPath = client.Server.ToString();
        _connection = client;
        Client = new ClusterMachines(client);
        IsCluster = true;
    }

    public string SocketPath { get; }

    /// <summary>The API server answers in the place of an agent: it knows nothing of paths and steps.</summary>
    public bool IsCluster { get; }

    /// <summary>The generated client, for calls that stream.</summary>
    public VirtualMachines.VirtualMachinesClient Client { get; }

    /// <summary>The same agent, for domains that are not ours.</summary>
    public Domains.DomainsClient Domains =>
        _domains
        ?? throw CliException.Usage("domains that are not ours are an agent's own: run this in its libvirt pod");

    public static AgentConnection Open(ParseResult parseResult) =>
        ClusterTarget.IsMeant(parseResult)
            ? new(ClusterTarget.Connect(parseResult))
            : new(StateDirectory.Paths(parseResult).AgentSocket);

    /// <summary>One question, one answer; what goes wrong is told in one line.</summary>
    public Task<TResponse> CallAsync<TResponse>(
        Func<VirtualMachines.VirtualMachinesClient, CallOptions, AsyncUnaryCall<TResponse>> call,
        CancellationToken cancellationToken,
        TimeSpan? limit = null
    ) => CallAsync(options => call(Client, options), limit ?? CallLimit, cancellationToken);

    /// <summary>The same, for domains that are not ours.</summary>
    public Task<TResponse> CallDomainsAsync<TResponse>(
        Func<Domains.DomainsClient, CallOptions, AsyncUnaryCall<TResponse>> call,
        CancellationToken cancellationToken
    ) => CallAsync(options => call(Domains, options), CallLimit, cancellationToken);

    private async Task<TResponse> CallAsync<TResponse>(
        Func<CallOptions, AsyncUnaryCall<TResponse>> call,
        TimeSpan limit,
        CancellationToken cancellationToken
    )
    {
        CallOptions options = new(deadline: DateTime.UtcNow + limit, cancellationToken: cancellationToken);
        try
        {
            using AsyncUnaryCall<TResponse> pending = call(options);
            return await pending.ResponseAsync;
        }
        catch (RpcException e)
        {
            throw Translate(e, cancellationToken);
        }
    }

    /// <summary>The failure of a call as the user's error, or as the cancellation that it is.</summary>
    public Exception Translate(RpcException failure, CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested
            ? new OperationCanceledException(failure.Status.Detail, failure, cancellationToken)
            : new AgentException(failure, SocketPath);

    public void Dispose() => _connection.Dispose();
}
