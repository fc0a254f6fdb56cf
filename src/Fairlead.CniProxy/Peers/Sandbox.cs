using Fairlead.CniProxy.Pods;

namespace Fairlead.CniProxy.Peers;

/// <summary>A pod as its identity source knows it; all that the proxy tells plugins about a pod comes from here.</summary>
/// <param name="Id">The sandbox's ID; part of every CNI container ID.</param>
/// <param name="PodName">K8S_POD_NAME.</param>
/// <param name="PodNamespace">K8S_POD_NAMESPACE.</param>
/// <param name="PodUid">K8S_POD_UID.</param>
/// <param name="NetnsPath">Where the pod's network namespace is mounted, in the host's mount namespace.</param>
/// <param name="Netns">The namespace that is there; journal, callers and identity sources know it again in the same way.</param>
internal sealed record Sandbox(
    string Id,
    string PodName,
    string PodNamespace,
    string PodUid,
    string NetnsPath,
    NetnsSeen Netns
)
{
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
}
