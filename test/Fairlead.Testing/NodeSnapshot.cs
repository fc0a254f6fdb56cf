using System.Globalization;
using System.Net;

namespace Fairlead.Testing;

/// <summary>
/// What is in a node at one moment, as a sorted list of lines: in every network namespace links, addresses, routes, rules
/// and firewall; mounts, processes and files. What changes by itself is left out: indexes, counters, timers, the kernel's
/// own IPv6 link-local addresses, a bridge's MAC address (it follows its ports), the local routing table (it follows the
/// addresses) and host-local's memory of the last address it gave.
/// </summary>
public sealed class NodeSnapshot
{
    private static readonly string[] DefaultDirectories = ["/var/lib/cni", "/etc/cni", "/run/netns"];

    private NodeSnapshot(IEnumerable<string> lines) => Lines = [.. lines.Order(StringComparer.Ordinal)];

    /// <summary>The facts, one a line, sorted.</summary>
    public IReadOnlyList<string> Lines { get; }

    /// <summary>Reads the node.</summary>
    /// <param name="node">It should be quiet: the parts are read one after the other.</param>
    /// <param name="directories">Directories whose files are listed, apart from those of CNI and <c>ip netns</c>.</param>
    public static async Task<NodeSnapshot> CaptureAsync(TestNode node, params string[] directories)
    {
        List<string> lines =
        [
            .. NodeProcesses.Read(node),
            .. NodeMounts.Read(node),
            .. DefaultDirectories.Concat(directories).Distinct().SelectMany(directory => Files(node, directory)),
        ];
        lines.AddRange(await NetworkSnapshot.CaptureAsync(node));
        return new NodeSnapshot(lines);
    }

    /// <summary>What is gone ("- …") and what is new ("+ …"); empty if the two are the same.</summary>
    public static IReadOnlyList<string> Diff(NodeSnapshot before, NodeSnapshot after)
    {
        // As multisets: two equal processes are not one.
        ILookup<string, string> old = before.Lines.ToLookup(line => line, StringComparer.Ordinal);
        ILookup<string, string> now = after.Lines.ToLookup(line => line, StringComparer.Ordinal);
        return
        [
            .. old.SelectMany(line => Enumerable.Repeat($"- {line.Key}", Excess(line, now))),
            .. now.SelectMany(line => Enumerable.Repeat($"+ {line.Key}", Excess(line, old))),
        ];
    }

    /// <summary>
    /// Waits until the node is as it was before, and fails the test with the differences if that does not come.
    /// </summary>
    /// <param name="node">The node that <paramref name="before"/> was taken from.</param>
    /// <param name="before">The state that must come back.</param>
    /// <param name="timeout">The kernel takes namespaces and their links down in the background.</param>
    /// <param name="directories">The same as for <paramref name="before"/>.</param>
    public static Task RestoredAsync(
        TestNode node,
        NodeSnapshot before,
        TimeSpan timeout,
        params string[] directories
    ) =>
        Eventually.SucceedsAsync(
            async () =>
            {
                IReadOnlyList<string> differences = Diff(before, await CaptureAsync(node, directories));
                if (differences.Count != 0)
                    Assert.Fail(string.Join('\n', differences));
            },
            timeout,
            "the node is as it was before"
        );

    private static int Excess(IGrouping<string, string> line, ILookup<string, string> other) =>
        Math.Max(0, line.Count() - other[line.Key].Count());

    private static IEnumerable<string> Files(TestNode node, string directory)
    {
        string root = node.HostPath(directory);
        if (!Directory.Exists(root))
            return [];
        EnumerationOptions everything = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None };
        return Directory
            .EnumerateFileSystemEntries(root, "*", everything)
            .Select(path => $"file {directory}{path[root.Length..]}{Reservation(path)}");
    }

    // host-local keeps a file per address, with the container ID and the interface name in it.
    private static string Reservation(string path)
    {
        if (!IPAddress.TryParse(Path.GetFileName(path), out _) || !File.Exists(path))
            return "";
        return string.Create(CultureInfo.InvariantCulture, $": {File.ReadAllText(path).ReplaceLineEndings(" ")}");
    }
}
