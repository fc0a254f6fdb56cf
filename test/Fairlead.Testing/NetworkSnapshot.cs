using System.Text.Json;

namespace Fairlead.Testing;

/// <summary>
/// The network namespaces of a node: its first one, the ones that are kept by a name, and those that only processes are
/// in. All are read by one script in the node, with <c>ip -json</c> and <c>nft</c>.
/// </summary>
internal static class NetworkSnapshot
{
    // Arguments: LABEL PATH LABEL PATH … Each namespace gives a header and five sections, each behind a line of "@".
    // A namespace that has gone meanwhile gives nothing. -s: without counters. legacy: nft does not show its tables.
    private const string Script = """
        while [ $# -ge 2 ]; do
            echo "@@ $1"
            nsenter --net="$2" sh -c '
                ip -json -details addr
                echo @; ip -json route show table all
                echo @; ip -json -6 route show table all
                echo @; ip rule; ip -6 rule | sed s/^/inet6:/
                echo @; nft -s list ruleset; iptables-legacy-save; ip6tables-legacy-save' 2> /dev/null
            shift 2
        done
        """;

    public static async Task<IEnumerable<string>> CaptureAsync(TestNode node)
    {
        IEnumerable<string> arguments = Namespaces(node).SelectMany(item => new[] { item.Label, item.Path });
        CommandResult result = await node.ExecAsync(["sh", "-c", Script, "sh", .. arguments], input: null);
        return result.Output().Split("@@ ", StringSplitOptions.RemoveEmptyEntries).SelectMany(Parse).ToList();
    }

    // The label of a nameless one is its process: the number of a namespace means nothing.
    private static IEnumerable<(string Label, string Path)> Namespaces(TestNode node)
    {
        HashSet<string> seen = [];
        List<(string Label, string Path)> found = [];
        Add("node", "/proc/1/ns/net", OfProcess(node, 1));
        foreach ((string path, string id) in NodeMounts.NetworkNamespaces(node))
            Add(path, path, id);
        foreach (int processId in NodeProcesses.Ids(node))
        {
            try
            {
                string label = $"of {NodeProcesses.Name(node, processId)}";
                Add(label, $"/proc/{processId}/ns/net", OfProcess(node, processId));
            }
            catch (IOException)
            {
                // it ended meanwhile
            }
        }
        return found;

        void Add(string label, string path, string? id)
        {
            if (id is not null && seen.Add(id))
                found.Add((label, path));
        }
    }

    private static string? OfProcess(TestNode node, int processId) =>
        new FileInfo(node.HostPath($"/proc/{processId}/ns/net")).LinkTarget;

    private static IEnumerable<string> Parse(string text)
    {
        int end = text.IndexOf('\n', StringComparison.Ordinal);
        string[] sections = text[(end + 1)..].Split("@\n");
        if (sections is not [string links, string routes, string routes6, string rules, string firewall])
            return [];
        return ParseLinks(links)
            .Concat(ParseRoutes(routes))
            .Concat(ParseRoutes(routes6))
            .Concat(TextLines(rules).Select(line => $"rule {line.Replace('\t', ' ')}"))
            .Concat(FirewallLines.Parse(firewall))
            .Select(line => $"netns {text[..end]}: {line}");
    }

    private static IEnumerable<string> ParseLinks(string json)
    {
        foreach (JsonElement link in Elements(json))
        {
            string name = Field(link, "ifname");
            string kind = link.TryGetProperty("linkinfo", out JsonElement info) ? Field(info, "info_kind") : "";
            bool isUp = link.GetProperty("flags").EnumerateArray().Any(flag => flag.GetString() == "UP");
            yield return Words(
                $"link {name}",
                kind,
                kind == "bridge" ? "" : Field(link, "address"),
                $"mtu {Field(link, "mtu")}",
                isUp ? "up" : "down",
                Named("master", Field(link, "master")),
                Named("alias", Field(link, "ifalias"))
            );
            foreach (JsonElement address in link.GetProperty("addr_info").EnumerateArray())
            {
                if (Field(address, "family") != "inet6" || Field(address, "scope") != "link")
                    yield return $"address {Field(address, "local")}/{Field(address, "prefixlen")} dev {name}";
            }
        }
    }

    private static IEnumerable<string> ParseRoutes(string json) =>
        from route in Elements(json)
        let table = Field(route, "table")
        where table != "local"
        let destination = Field(route, "dst")
        where !destination.StartsWith("fe80:", StringComparison.Ordinal)
        where !destination.StartsWith("ff00:", StringComparison.Ordinal)
        select Words(
            "route",
            Field(route, "type"),
            destination,
            Named("via", Field(route, "gateway")),
            Named("dev", Field(route, "dev")),
            Named("scope", Field(route, "scope")),
            Named("src", Field(route, "prefsrc")),
            Named("metric", Field(route, "metric")),
            Named("table", table)
        );

    private static IEnumerable<JsonElement> Elements(string json)
    {
        if (string.IsNullOrWhiteSpace(json))
            return [];
        using JsonDocument document = JsonDocument.Parse(json);
        // `ip` writes {} for what it filtered out.
        return [.. document.RootElement.Clone().EnumerateArray().Where(element => element.EnumerateObject().Any())];
    }

    private static string[] TextLines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static string Field(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) ? value.ToString() : "";

    private static string Named(string name, string value) => value.Length == 0 ? "" : $"{name} {value}";

    private static string Words(params string[] words) => string.Join(' ', words.Where(word => word.Length != 0));
}
