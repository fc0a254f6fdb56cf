using Fairlead.CniProxy.Journal;
using Fairlead.Netlink;

namespace Fairlead.CniProxy.Pods;

/// <summary>A network namespace as it was seen, to be known again later.</summary>
/// <param name="Identity">Tells it from others that are there at the same time; the kernel uses an inode number again.</param>
/// <param name="Cookie">Tells it from all others of this boot; null when the kernel does not know it.</param>
internal readonly record struct NetnsSeen(NetworkNamespaceId Identity, ulong? Cookie)
{
    /// <summary>Looks at an open one.</summary>
    public static NetnsSeen Of(NetworkNamespace netns)
    {
        try
        {
            return new NetnsSeen(netns.Identity, netns.ReadCookie());
        }
        catch (NetlinkException e) when (e.Errno is Errno.EPERM)
        {
            return new NetnsSeen(netns.Identity, Cookie: null); // never for the proxy, which is root
        }
    }

    /// <summary>The namespace at that path, or null when there is none.</summary>
    public static NetnsSeen? At(string path)
    {
        try
        {
            using NetworkNamespace netns = NetworkNamespace.Open(path);
            return Of(netns);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NetlinkException)
        {
            return null;
        }
    }

    /// <summary>As the kernel writes it.</summary>
    public override string ToString() => $"net:[{Identity.Inode}]";

    /// <summary>Whether it is the one that the record was made in.</summary>
    public bool IsOf(JournalRecord record) =>
        Identity == record.NetnsIdentity
        && (Cookie is not { } cookie || record.NetnsCookie is not { } recorded || cookie == recorded);
}
