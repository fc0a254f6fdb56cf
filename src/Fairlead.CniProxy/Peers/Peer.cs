using Fairlead.CniProxy.Pods;
using Fairlead.Netlink;

namespace Fairlead.CniProxy.Peers;

/// <summary>Who is at the other end of a connection, as the kernel says it at this moment.</summary>
/// <param name="ProcessId">The process that connected, in the proxy's PID namespace; for messages only, since it may be reused.</param>
/// <param name="UserId">Its effective user when it connected, as the proxy's user namespace counts.</param>
/// <param name="Namespaces">Where the process is now; null when it has ended.</param>
/// <param name="Cgroups">Its /proc/PID/cgroup; empty when it has ended.</param>
internal sealed record Peer(int ProcessId, uint UserId, NamespaceSet? Namespaces, string Cgroups = "")
{
    public override string ToString() =>
        $"pid {ProcessId}, uid {UserId}, netns {Namespaces?.Network.Identity.Inode.ToString() ?? "unknown: it has ended"}";
}

/// <summary>The namespaces that decide what a process is to us. All but the network's as /proc spells them: "mnt:[4026531841]".</summary>
internal sealed record NamespaceSet(NetnsSeen Network, string Mount, string ProcessIds, string Users)
{
    /// <summary>The proxy's own: those of the host.</summary>
    public static NamespaceSet Own()
    {
        using NetworkNamespace network = NetworkNamespace.OpenCurrent();
        return new NamespaceSet(NetnsSeen.Of(network), OwnLink("mnt"), OwnLink("pid"), OwnLink("user"));
    }

    private static string OwnLink(string kind) =>
        new FileInfo($"/proc/self/ns/{kind}").LinkTarget
        ?? throw new IOException($"/proc/self/ns/{kind}: no link to a namespace");
}
