using Fairlead.CniProxy.Pods;
using Fairlead.CniProxy.Verbs;
using Grpc.Core;

namespace Fairlead.CniProxy.Peers;

/// <summary>What a peer may act as.</summary>
/// <param name="Sandbox">The pod that it belongs to; null for the administrator.</param>
internal sealed record Caller(Sandbox? Sandbox)
{
    /// <summary>What messages call those that are nobody.</summary>
    public const string Stranger = "a stranger";

    public bool IsAdministrator => Sandbox is null;

    public override string ToString() =>
        Sandbox is null ? "the administrator" : $"pod {Sandbox.PodNamespace}/{Sandbox.PodName}";
}

/// <summary>
/// Tells a caller from a stranger. A process of a pod acts for that pod if it is in the pod's own network namespace; root
/// in all of the host's own namespaces is the administrator. Nobody else is anybody.
/// </summary>
internal sealed class Callers(IIdentitySource source, NamespaceSet host)
{
    /// <summary>The caller; looked at for every call, since what was true of a process at its last one need not be now.</summary>
    /// <exception cref="RpcException">A stranger, with the reason; or the identity source cannot tell.</exception>
    public async Task<Caller> IdentifyAsync(Peer peer, CancellationToken cancellationToken)
    {
        if (peer.Namespaces is not { } namespaces)
            throw Stranger(peer, "the process that opened this connection has ended");
        // User ID 0 of another user namespace is nobody in particular.
        if (namespaces == host && peer.UserId == 0)
            return new Caller(Sandbox: null);
        if (namespaces.Network == host.Network)
            throw Stranger(
                peer,
                "in the host's network namespace only root is served, and only if its mount, PID and user namespaces are the host's too"
            );
        return new Caller(await FindAsync(peer, namespaces.Network, cancellationToken));
    }

    private async Task<Sandbox> FindAsync(Peer peer, NetnsSeen netns, CancellationToken cancellationToken)
    {
        Sandbox? sandbox;
        try
        {
            sandbox = await source.FindAsync(peer, cancellationToken);
        }
        catch (IdentityException e)
        {
            throw ProxyError.IdentityUnavailable(e.Message);
        }

        if (sandbox is null)
            throw Stranger(peer, "no pod that is known here, and not the host's administrator");
        if (sandbox.Netns != netns)
            throw Stranger(
                peer,
                $"it belongs to pod {sandbox.PodNamespace}/{sandbox.PodName} and is not in its network namespace"
            );
        return sandbox.Netns == host.Network
            ? throw Stranger(
                peer,
                $"pod {sandbox.PodNamespace}/{sandbox.PodName} has the host's network, where nothing is added"
            )
            : sandbox;
    }

    private static RpcException Stranger(Peer peer, string why) => ProxyError.UnknownPeer($"{why}; this is {peer}");
}
