using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Cni;
using Fairlead.CniProxy.Policies;
using Fairlead.CniProxy.Verbs;
using Fairlead.Kubernetes;
using Grpc.Core;

namespace Fairlead.CniProxy.Cluster;

/// <summary>
/// The networks of NetworkAttachmentDefinitions, read from the API server for each request. Nothing of them is taken from the
/// client but the name, and for whom it speaks is looked up: the launcher must be a launcher, and on this node.
/// </summary>
/// <param name="client">Null where there is no cluster.</param>
/// <param name="nodeName">Where this proxy is.</param>
internal sealed class DefinedNetworks(KubernetesClient? client, string? nodeName)
{
    /// <summary>The launcher that the client names must be one, and on this node.</summary>
    /// <exception cref="RpcException">It is not, or the API server was not reached.</exception>
    public async Task RequireLauncherAsync(string launcher)
    {
        if (client is null)
            throw ProxyError.Invalid("launcher: this proxy knows no cluster");
        if (launcher.Split('/') is not [{ Length: > 0 } @namespace, { Length: > 0 } name])
            throw ProxyError.Invalid($"launcher \"{launcher}\": wanted NAMESPACE/NAME");
        ObjectKey key = new(@namespace, name);
        LauncherPod? pod = await AskAsync(() => client.FindAsync(LauncherPod.Resource, key));
        bool isOne = pod?.Metadata.Labels?.ContainsKey(LauncherPod.Label) == true;
        if (!isOne || pod!.Spec.NodeName != nodeName)
            throw ProxyError.NetworkForbidden($"{key} is no launcher pod on {nodeName}");
    }

    /// <exception cref="RpcException">It is not there, not usable, or not open to the machine; or the API server was not reached.</exception>
    public async Task<NetworkConfigurationList> RequireAsync(string launcher, string network, PolicyRule rule)
    {
        string machine = launcher.Split('/')[0];
        ObjectKey key = network.Split('/') switch
        {
            [var name] => new ObjectKey(machine, name),
            [var @namespace, var name] => new ObjectKey(@namespace, name),
            _ => throw ProxyError.Invalid($"network \"{network}\": wanted [NAMESPACE/]NAME"),
        };
        if (!rule.OpensDefinitionsOf(key.Namespace, machine))
            throw ProxyError.NetworkForbidden(
                $"the policy does not open definitions of namespace {key.Namespace} to machines of {machine}"
            );
        NetworkAttachmentDefinition definition =
            await AskAsync(() => client!.FindAsync(NetworkAttachmentDefinition.Resource, key))
            ?? throw ProxyError.NetworkNotFound($"no NetworkAttachmentDefinition \"{key}\"");
        return Read(key, definition);
    }

    /// <summary>As Multus reads it: without a name of its own the network has the definition's.</summary>
    private static NetworkConfigurationList Read(ObjectKey key, NetworkAttachmentDefinition definition)
    {
        if (string.IsNullOrWhiteSpace(definition.Spec?.Config))
            throw ProxyError.NetworkNotFound($"NetworkAttachmentDefinition {key} has no spec.config");
        try
        {
            JsonNode? config = JsonNode.Parse(definition.Spec.Config);
            if (config is JsonObject named && named["name"] is null)
                named["name"] = key.Name;
            return NetworkConfigurationList.Parse(
                Encoding.UTF8.GetBytes(config?.ToJsonString() ?? ""),
                $"NetworkAttachmentDefinition {key}"
            );
        }
        catch (Exception e) when (e is JsonException or CniFormatException)
        {
            throw ProxyError.NetworkNotFound($"NetworkAttachmentDefinition {key}: {e.Message}");
        }
    }

    private static async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (KubernetesException e)
        {
            throw ProxyError.ClusterUnavailable(e.Message);
        }
    }
}
