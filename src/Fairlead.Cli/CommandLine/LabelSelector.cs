namespace Fairlead.Cli.CommandLine;

/// <summary>
/// A label selector in kubectl's notation: <c>app=web,tier!=db,env in (a,b),env notin (c),canary,!legacy</c>.
/// https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
/// </summary>
internal sealed class LabelSelector
{
    private readonly IReadOnlyList<Func<IReadOnlyDictionary<string, string>, bool>> _requirements;

    private LabelSelector(IReadOnlyList<Func<IReadOnlyDictionary<string, string>, bool>> requirements) =>
        _requirements = requirements;

    public bool Matches(IReadOnlyDictionary<string, string> labels) => _requirements.All(holds => holds(labels));

    /// <summary>Reads a selector; an empty one matches everything.</summary>
    /// <exception cref="CliException">The text is no selector.</exception>
    public static LabelSelector Parse(string text) =>
        string.IsNullOrWhiteSpace(text)
            ? new LabelSelector([])
            : new LabelSelector([.. SplitOutsideParentheses(text).Select(part => ParseRequirement(part.Trim(), text))]);

    private static Func<IReadOnlyDictionary<string, string>, bool> ParseRequirement(string part, string selector)
    {
        if (part.IndexOf("!=", StringComparison.Ordinal) is > 0 and int unequal)
            return Values(part[..unequal], [part[(unequal + 2)..].Trim()], wanted: false, selector);
        if (part.IndexOf('=') is > 0 and int equal)
            return Values(part[..equal], [part[(equal + 1)..].TrimStart('=').Trim()], wanted: true, selector);
        if (part.EndsWith(')'))
            return ParseSet(part, selector);
        if (part.StartsWith('!'))
        {
            string absent = Key(part[1..], selector);
            return labels => !labels.ContainsKey(absent);
        }
        string present = Key(part, selector);
        return labels => labels.ContainsKey(present);
    }

    private static Func<IReadOnlyDictionary<string, string>, bool> ParseSet(string part, string selector)
    {
        int open = part.IndexOf('(');
        string[] words = open < 0 ? [] : part[..open].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words is not [string key, "in" or "notin"])
            throw Bad(selector, $"\"{part}\" is not of the form KEY in (A,B) or KEY notin (A,B)");
        string[] values = part[(open + 1)..^1].Split(',', StringSplitOptions.TrimEntries);
        return Values(key, values, wanted: words[1] == "in", selector);
    }

    // As in Kubernetes, != and notin also match an object that has no such label.
    private static Func<IReadOnlyDictionary<string, string>, bool> Values(
        string key,
        string[] values,
        bool wanted,
        string selector
    )
    {
        string name = Key(key, selector);
        return labels => (labels.TryGetValue(name, out string? value) && values.Contains(value)) == wanted;
    }

    private static string Key(string text, string selector)
    {
        string key = text.Trim();
        bool isKey = key.Length > 0 && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '/');
        return isKey ? key : throw Bad(selector, $"\"{key}\" is not a label's key");
    }

    private static IEnumerable<string> SplitOutsideParentheses(string text)
    {
        int start = 0;
        int depth = 0;
        for (int i = 0; i < text.Length; i++)
        {
            depth += text[i] switch
            {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
            if (text[i] == ',' && depth == 0)
            {
                yield return text[start..i];
                start = i + 1;
            }
        }
        yield return text[start..];
    }

    private static CliException Bad(string selector, string why) =>
        CliException.Usage($"the selector \"{selector}\" cannot be read: {why}");
}
