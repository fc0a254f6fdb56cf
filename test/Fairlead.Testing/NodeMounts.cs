using System.Text.RegularExpressions;

namespace Fairlead.Testing;

/// <summary>The mounts of a node's first mount namespace.</summary>
internal static partial class NodeMounts
{
    /// <summary>A line for each: <c>mount /run/netns/pod nsfs net:[*]</c>.</summary>
    public static IEnumerable<string> Read(TestNode node) =>
        Mounts(node).Select(mount => $"mount {mount.Path} {mount.Type} {Inode().Replace(mount.Root, "[*]")}");

    /// <summary>
    /// The paths where network namespaces are kept, by <c>ip netns</c> or otherwise, and the name that the kernel gives to
    /// each, <c>net:[4026532183]</c>.
    /// </summary>
    public static IEnumerable<(string Path, string Namespace)> NetworkNamespaces(TestNode node) =>
        Mounts(node)
            .Where(mount => mount.Type == "nsfs" && mount.Root.StartsWith("net:", StringComparison.Ordinal))
            .Select(mount => (mount.Path, mount.Root));

    // proc_pid_mountinfo(5): 36 35 98:0 /root /path options optional… - type source options
    private static IEnumerable<(string Path, string Type, string Root)> Mounts(TestNode node)
    {
        foreach (string line in File.ReadLines($"/proc/{node.ProcessId}/mountinfo"))
        {
            string[] fields = line.Split(' ');
            yield return (fields[4], fields[Array.IndexOf(fields, "-") + 1], fields[3]);
        }
    }

    [GeneratedRegex(@"\[\d+\]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Inode();
}
