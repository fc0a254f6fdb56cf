using Fairlead.Netlink;

namespace Fairlead.CniProxy.Peers;

/// <summary>Who is at the other end of a connection, as the kernel says it at accept.</summary>
/// <param name="ProcessId">The peer's process, in the proxy's PID namespace; for messages only, since it may be reused.</param>
/// <param name="UserId">The peer's effective user.</param>
/// <param name="Netns">The network namespace that the peer was in; null when it could not be told.</param>
internal sealed record Peer(int ProcessId, uint UserId, NetworkNamespaceId? Netns)
{
    public override string ToString() => $"pid {ProcessId}, uid {UserId}, netns {Netns?.Inode.ToString() ?? "unknown"}";
}
