using System.Text.Json.Nodes;
using Fairlead.Controller.Objects;

namespace Fairlead.KubeApi.Tests.Fixture;

/// <summary>What kube-scheduler and a kubelet do with a pod, as far as a launcher needs them.</summary>
internal static class PlayedNode
{
    /// <summary>kube-scheduler: the pod belongs to the node.</summary>
    public static Task BindAsync(KubernetesClient client, PodView pod, string node, CancellationToken token)
    {
        JsonObject binding = new()
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Binding",
            ["metadata"] = new JsonObject { ["name"] = pod.Metadata.Name },
            ["target"] = new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "Node",
                ["name"] = node,
            },
        };
        return client.CreateSubresourceAsync(PodView.Resource, pod.Metadata.Identity.Key, "binding", binding, token);
    }

    /// <summary>The kubelet: the containers of a deleted pod have ended.</summary>
    public static Task EndAsync(KubernetesClient client, PodView pod, CancellationToken token)
    {
        DeleteOptions now = new() { Uid = pod.Uid, GracePeriod = TimeSpan.Zero };
        return client.DeleteAsync(PodView.Resource, pod.Metadata.Identity.Key, now, token);
    }
}
