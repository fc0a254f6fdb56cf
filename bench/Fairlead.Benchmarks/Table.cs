using System.Text;

namespace Fairlead.Benchmarks;

/// <summary>A table, which reads well as it is and as Markdown. The first columns are text, the others numbers.</summary>
internal sealed class Table(int textColumns, params string[] head)
{
    private readonly List<string[]> _rows = [head];

    public void Add(params string[] cells) => _rows.Add(cells);

    public override string ToString()
    {
        int[] widths = [.. head.Select((_, column) => _rows.Max(row => row[column].Length))];
        StringBuilder text = new();
        for (int i = 0; i < _rows.Count; i++)
        {
            AppendRow(text, _rows[i].Select((cell, column) => Pad(cell, column, widths[column])));
            if (i == 0)
                AppendRow(text, widths.Select((width, column) => Rule(column, width)));
        }
        return text.ToString();
    }

    private static void AppendRow(StringBuilder text, IEnumerable<string> cells) =>
        text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");

    private string Pad(string cell, int column, int width) =>
        column < textColumns ? cell.PadRight(width) : cell.PadLeft(width);

    private string Rule(int column, int width) =>
        column < textColumns ? new string('-', width) : new string('-', width - 1) + ":";
}
