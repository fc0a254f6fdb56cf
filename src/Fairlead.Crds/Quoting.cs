using System.Globalization;
using System.Text;

namespace Fairlead.Crds;

/// <summary>Values as they stand in messages: in quotes, short, and without anything that a terminal would obey.</summary>
internal static class Quoting
{
    private const int Longest = 80;

    public static string Quote(string value)
    {
        StringBuilder quoted = new("\"");
        foreach (Rune rune in value.EnumerateRunes())
        {
            if (quoted.Length > Longest)
            {
                quoted.Append("...");
                break;
            }
            if (rune.Value is '"' or '\\')
                quoted.Append('\\').Append(rune);
            else if (Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format)
                quoted.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}");
            else
                quoted.Append(rune);
        }
        return quoted.Append('"').ToString();
    }

    public static string List(IEnumerable<string> words) => string.Join(", ", words);
}
