namespace Fairlead.Cli.CommandLine;

/// <summary>Known words that are near to one that is not known.</summary>
internal static class Suggestions
{
    /// <summary>The nearest words first; none when nothing is near enough to have been meant.</summary>
    public static IReadOnlyList<string> For(string word, IEnumerable<string> known)
    {
        // One slip in three letters may still be a slip; more is another word.
        int most = Math.Max(1, word.TrimStart('-').Length / 3);
        return
        [
            .. known
                .Distinct(StringComparer.Ordinal)
                .Select(candidate => (Word: candidate, Distance: Distance(word, candidate)))
                .Where(near =>
                    near.Distance <= most || (word.Length > 2 && near.Word.StartsWith(word, StringComparison.Ordinal))
                )
                .OrderBy(near => near.Distance)
                .ThenBy(near => near.Word, StringComparer.Ordinal)
                .Select(near => near.Word)
                .Take(3),
        ];
    }

    /// <summary>Insertions, deletions, replacements and swaps of neighbours (optimal string alignment).</summary>
    private static int Distance(string a, string b)
    {
        int[,] costs = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            for (int j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    costs[i, j] = i + j;
                    continue;
                }
                int replace = costs[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                int cost = Math.Min(replace, 1 + Math.Min(costs[i - 1, j], costs[i, j - 1]));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    cost = Math.Min(cost, 1 + costs[i - 2, j - 2]);
                costs[i, j] = cost;
            }
        }
        return costs[a.Length, b.Length];
    }
}
