using Fairlead.CniProxy.Client;
using Fairlead.Netlink;

namespace Fairlead.CniProxy.Peers;

/// <summary>What a peer may do.</summary>
/// <param name="Sandbox">The pod it belongs to; for the administrator the one pod there is, or null.</param>
/// <param name="IsAdministrator">Root in the host's own network namespace.</param>
internal sealed record Caller(SandboxRecord? Sandbox, bool IsAdministrator);

/// <summary>
/// Tells who a peer is in the standalone environment: the libvirt pod's network namespace is the recorded one, and root
/// in the host's is the administrator. Nobody else is anybody.
/// </summary>
internal sealed class StandaloneIdentity(string sandboxFile)
{
    private readonly NetworkNamespaceId _host = HostNamespace();

    /// <summary>The caller, or null for a stranger.</summary>
    /// <exception cref="InvalidDataException">The sandbox record is unreadable.</exception>
    public Caller? Identify(Peer peer)
    {
        SandboxRecord? sandbox = SandboxRecord.Read(sandboxFile);
        if (peer.Netns is not { } netns)
            return null;
        if (netns == _host)
            return peer.UserId == 0 ? new Caller(sandbox, IsAdministrator: true) : null;
        return sandbox is not null && IdentityOf(sandbox.NetnsPath) == netns ? new Caller(sandbox, false) : null;
    }

    /// <summary>Identity of the namespace at that path, or null when there is none.</summary>
    public static NetworkNamespaceId? IdentityOf(string netnsPath)
    {
        try
        {
            using NetworkNamespace netns = NetworkNamespace.Open(netnsPath);
            return netns.Identity;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NetlinkException)
        {
            return null;
        }
    }

    private static NetworkNamespaceId HostNamespace()
    {
        using NetworkNamespace own = NetworkNamespace.OpenCurrent();
        return own.Identity;
    }
}
