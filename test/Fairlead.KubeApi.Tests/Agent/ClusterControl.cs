using Fairlead.Controller;
using Fairlead.Controller.Objects;
using Fairlead.KubeApi.Tests.Fixture;
using Fairlead.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fairlead.KubeApi.Tests.Agent;

/// <summary>The control plane of a cluster with one node: a real controller, and the test as kube-scheduler and kubelet.</summary>
internal sealed class ClusterControl : IAsyncDisposable
{
    private readonly ApiServer _server;
    private readonly KubernetesClient _client;
    private readonly KubernetesClient _controllersClient;
    private readonly string _node;
    private readonly CancellationTokenSource _end = new();
    private Task _running = Task.CompletedTask;

    private ClusterControl(ApiServer server, string node)
    {
        (_server, _node) = (server, node);
        _client = server.Connect();
        _controllersClient = server.ConnectAs(ServiceAccount.Controller);
    }

    public static async Task<ClusterControl> StartAsync(ApiServer server, string node)
    {
        ClusterControl control = new(server, node);
        await control._client.ApplyAsync(
            NodeView.Resource,
            ObjectKey.OfCluster(node),
            "Node",
            [],
            new WriteOptions { FieldManager = "test" },
            TestContext.Current.CancellationToken
        );
        await control.KubectlAsync("create", "namespace", ServiceAccount.Controller.Namespace);
        ControllerOptions options = new()
        {
            Namespace = ServiceAccount.Controller.Namespace,
            Identity = $"replica-{Guid.NewGuid()}",
            LauncherImage = "launcher:test",
        };
        Leadership leadership = new(control._controllersClient, options, NullLogger.Instance);
        control._running = Task.WhenAll(leadership.RunAsync(control._end.Token), control.PlayAsync(control._end.Token));
        return control;
    }

    public async Task<string> KubectlAsync(params string[] arguments) =>
        (
            await Command.RunAsync(
                ["kubectl", "--kubeconfig", _server.Kubeconfig, .. arguments],
                timeout: TimeSpan.FromSeconds(60)
            )
        ).Output();

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
        _client.Dispose();
        _controllersClient.Dispose();
    }

    private async Task PlayAsync(CancellationToken token)
    {
        while (true)
        {
            try
            {
                foreach (PodView pod in (await _client.ListAsync(PodView.Resource, null, token)).Items)
                {
                    if (pod.IsDeleting)
                        await PlayedNode.EndAsync(_client, pod, token);
                    else if (pod.Spec.NodeName is null or "")
                        await PlayedNode.BindAsync(_client, pod, _node, token);
                }
            }
            catch (KubernetesException)
            {
                // Something changed under it: the next round.
            }

            await Task.Delay(100, token);
        }
    }
}
