namespace Fairlead.Testing;

/// <summary>The processes of a node, apart from its init. Zombies are none.</summary>
internal static class NodeProcesses
{
    /// <summary>A line for each: <c>process dnsmasq: /usr/sbin/dnsmasq --conf-file=…</c>.</summary>
    public static IEnumerable<string> Read(TestNode node)
    {
        foreach (int processId in Ids(node))
        {
            string directory = node.HostPath($"/proc/{processId}");
            string line;
            try
            {
                string[] arguments = File.ReadAllText($"{directory}/cmdline").Split('\0');
                if (arguments is [""])
                    continue; // a zombie: its memory is gone
                line = $"process {Name(node, processId)}: {string.Join(' ', arguments).TrimEnd()}";
            }
            catch (IOException)
            {
                continue; // it ended meanwhile
            }
            yield return line;
        }
    }

    /// <summary>The PIDs, as seen in the node, apart from init's.</summary>
    public static IEnumerable<int> Ids(TestNode node) =>
        Directory
            .EnumerateDirectories(node.HostPath("/proc"))
            .Select(path => int.TryParse(Path.GetFileName(path), out int id) ? id : 0)
            .Where(id => id > 1)
            .Order();

    /// <summary>The process's name in the kernel.</summary>
    public static string Name(TestNode node, int processId) =>
        File.ReadAllText(node.HostPath($"/proc/{processId}/comm")).TrimEnd();
}
