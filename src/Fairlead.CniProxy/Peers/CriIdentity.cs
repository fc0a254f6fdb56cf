using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text.Json;
using Fairlead.CniProxy.Client;
using Fairlead.CniProxy.Cri;
using Fairlead.CniProxy.Pods;
using Grpc.Core;
using Grpc.Net.Client;

namespace Fairlead.CniProxy.Peers;

/// <summary>
/// Pods as the node's container runtime knows them: the peer's cgroup names its container, the runtime says which sandbox
/// that belongs to and where the sandbox's network namespace is.
/// </summary>
internal sealed class CriIdentity(string socketPath, TimeProvider time) : IIdentitySource, IDisposable
{
    private static readonly TimeSpan s_callTimeout = TimeSpan.FromSeconds(5);

    // What a container belongs to does not change, but it ends; and a connection flood shall not become one of the runtime.
    private static readonly TimeSpan s_cacheTime = TimeSpan.FromSeconds(2);
    private const int MostCached = 1024;

    private readonly GrpcChannel _channel = UnixSocketChannel.Create(socketPath);
    private readonly ConcurrentDictionary<string, (DateTimeOffset Until, Sandbox? Sandbox)> _cache = new(
        StringComparer.Ordinal
    );

    private RuntimeService.RuntimeServiceClient Runtime => new(_channel);

    /// <inheritdoc/>
    public async Task<Sandbox?> FindAsync(Peer peer, CancellationToken cancellationToken)
    {
        if (ContainerCgroup.Find(peer.Cgroups) is not { } container)
            return null;
        DateTimeOffset now = time.GetUtcNow();
        if (_cache.TryGetValue(container, out (DateTimeOffset Until, Sandbox? Sandbox) cached) && now < cached.Until)
            return cached.Sandbox;
        Sandbox? sandbox = await AskAsync(() => FindOfContainerAsync(container, cancellationToken));
        if (_cache.Count >= MostCached)
            _cache.Clear();
        _cache[container] = (now + s_cacheTime, sandbox);
        return sandbox;
    }

    /// <inheritdoc/>
    public Task<IReadOnlySet<string>> ListIdsAsync(CancellationToken cancellationToken) =>
        AskAsync<IReadOnlySet<string>>(async () =>
        {
            ListPodSandboxRequest ready = new()
            {
                Filter = new PodSandboxFilter
                {
                    State = new PodSandboxStateValue { State = PodSandboxState.SandboxReady },
                },
            };
            ListPodSandboxResponse list = await Runtime.ListPodSandboxAsync(ready, Options(cancellationToken));
            return list.Items.Select(item => item.Id).ToFrozenSet(StringComparer.Ordinal);
        });

    public void Dispose() => _channel.Dispose();

    private async Task<Sandbox?> FindOfContainerAsync(string container, CancellationToken cancellationToken)
    {
        ListContainersRequest one = new() { Filter = new ContainerFilter { Id = container } };
        ListContainersResponse list = await Runtime.ListContainersAsync(one, Options(cancellationToken));
        // The pause container is on no list: its ID is the sandbox's own.
        string id = list.Containers.SingleOrDefault(c => c.Id == container)?.PodSandboxId ?? container;
        PodSandboxStatusResponse response;
        try
        {
            response = await Runtime.PodSandboxStatusAsync(
                new PodSandboxStatusRequest { PodSandboxId = id, Verbose = true },
                Options(cancellationToken)
            );
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
        {
            return null; // a container of something else than Kubernetes
        }

        return SandboxOf(response);
    }

    /// <summary>The sandbox; null when it is not running, or has no network namespace of its own.</summary>
    private static Sandbox? SandboxOf(PodSandboxStatusResponse response)
    {
        PodSandboxStatus status = response.Status;
        if (
            status.State != PodSandboxState.SandboxReady
            || NetnsPathOf(response.Info.GetValueOrDefault("info", "{}")) is not { } path
            || NetnsSeen.At(path) is not { } netns
        )
        {
            return null;
        }

        PodSandboxMetadata pod = status.Metadata;
        return new Sandbox(status.Id, pod.Name, pod.Namespace, pod.Uid, path, netns)
        {
            Labels = status.Labels.ToFrozenDictionary(StringComparer.Ordinal),
        };
    }

    /// <summary>From the OCI specification in the runtime's information: the path of the namespace of type "network".</summary>
    internal static string? NetnsPathOf(string info)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(info);
            if (
                !document.RootElement.TryGetProperty("runtimeSpec", out JsonElement specification)
                || !specification.TryGetProperty("linux", out JsonElement linux)
                || !linux.TryGetProperty("namespaces", out JsonElement namespaces)
            )
            {
                return null;
            }

            JsonElement network = namespaces
                .EnumerateArray()
                .FirstOrDefault(n => n.TryGetProperty("type", out JsonElement type) && type.GetString() == "network");
            return network.ValueKind == JsonValueKind.Object && network.TryGetProperty("path", out JsonElement path)
                ? path.GetString()
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new IdentityException(
                $"the container runtime's information about a sandbox is of no known form: {e.Message}",
                e
            );
        }
    }

    private async Task<T> AskAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (RpcException e)
        {
            throw new IdentityException(
                $"the container runtime at {socketPath} does not say who this is: {e.StatusCode} {e.Status.Detail}",
                e
            );
        }
    }

    private static CallOptions Options(CancellationToken cancellationToken) =>
        new(deadline: DateTime.UtcNow + s_callTimeout, cancellationToken: cancellationToken);
}
