using Fairlead.CniProxy.Journal;
using Fairlead.Netlink;

namespace Fairlead.CniProxy.Pods;

/// <summary>A network namespace as it was seen, to be known again later.</summary>
/// <param name="Identity">Tells it from others that are there at the same time; the kernel uses an inode number again.</param>
/// <param name="Cookie">Tells it from all others of this boot; null when the kernel does not know it.</param>
internal readonly record struct NetnsSeen(NetworkNamespaceId Identity, ulong? Cookie)
{
    /// <summary>The namespace at that path, or null when there is none.</summary>
    public static NetnsSeen? At(string path)
    {
        try
        {
            using NetworkNamespace netns = NetworkNamespace.Open(path);
            return new NetnsSeen(netns.Identity, netns.ReadCookie());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NetlinkException)
        {
            return null;
        }
    }

    /// <summary>Whether it is the one that the record was made in.</summary>
    public bool IsOf(JournalRecord record) =>
        Identity == record.NetnsIdentity
        && (Cookie is not { } cookie || record.NetnsCookie is not { } recorded || cookie == recorded);
}
