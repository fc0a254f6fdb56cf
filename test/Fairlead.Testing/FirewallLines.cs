using System.Text.RegularExpressions;

namespace Fairlead.Testing;

/// <summary>Rules of nftables and of the older iptables, each with the table and chain that it stands in.</summary>
internal static partial class FirewallLines
{
    /// <summary>Reads <c>nft -s list ruleset</c>, followed by the output of <c>iptables-legacy-save</c>.</summary>
    public static IEnumerable<string> Parse(string text)
    {
        Stack<string> context = new();
        string legacyTable = "";
        foreach (string raw in text.Split('\n'))
        {
            string line = raw.Trim();
            if (line.Length == 0 || line[0] == '#' || line is "COMMIT")
                continue;
            if (line[0] == '*')
            {
                legacyTable = $"iptables {line[1..]}: ";
            }
            else if (line == "}")
            {
                context.TryPop(out _);
            }
            else if (line.EndsWith(" {", StringComparison.Ordinal))
            {
                context.Push(line[..^2]);
                yield return Described("");
            }
            else
            {
                yield return legacyTable.Length != 0 ? $"{legacyTable}{Counters().Replace(line, "")}" : Described(line);
            }
        }

        string Described(string rule) => $"nft {string.Join(", ", context.Reverse())}: {rule}".TrimEnd(' ', ':');
    }

    // ":INPUT ACCEPT [12:3456]"
    [GeneratedRegex(@" \[\d+:\d+\]$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Counters();
}
