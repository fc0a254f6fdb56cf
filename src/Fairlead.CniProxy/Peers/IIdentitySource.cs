namespace Fairlead.CniProxy.Peers;

/// <summary>Knows which pods there are, and which of them a process belongs to.</summary>
internal interface IIdentitySource
{
    /// <summary>The pod that a process belongs to; null when it belongs to none. Whether it is in the pod's namespace is for the caller to see.</summary>
    /// <exception cref="IdentityException">The source cannot tell now.</exception>
    Task<Sandbox?> FindAsync(Peer peer, CancellationToken cancellationToken);

    /// <summary>The IDs of all pods that are there; what is not among them is gone.</summary>
    /// <exception cref="IdentityException">The source cannot tell now.</exception>
    Task<IReadOnlySet<string>> ListIdsAsync(CancellationToken cancellationToken);
}

/// <summary>An identity source cannot answer: nobody is known, and nobody is gone, until it can.</summary>
internal sealed class IdentityException(string message, Exception? cause = null) : Exception(message, cause);
