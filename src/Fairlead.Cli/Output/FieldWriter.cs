namespace Fairlead.Cli.Output;

/// <summary>Text as <c>describe</c> prints it: <c>Name:  value</c> lines, blocks below a title, aligned tables.</summary>
internal sealed class FieldWriter(TextWriter output)
{
    private const int FirstColumn = 14;
    public const string None = "<none>";

    /// <summary>A name and its value; a value of several lines continues below its first.</summary>
    public void Field(string name, params IReadOnlyList<string?> values)
    {
        IReadOnlyList<string> lines = [.. values.Where(value => !string.IsNullOrEmpty(value)).OfType<string>()];
        Line($"{name}:".PadRight(FirstColumn) + (lines is [] ? None : lines[0]));
        foreach (string line in lines.Skip(1))
            Line(new string(' ', FirstColumn) + line);
    }

    public void Line(string text = "") => output.WriteLine(text.TrimEnd());

    /// <summary>A table below its title; <c>&lt;none&gt;</c> without rows.</summary>
    public void Table(string title, IReadOnlyList<string> headers, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        if (rows is [])
        {
            Field(title);
            return;
        }
        Line(title + ":");
        int[] widths =
        [
            .. headers.Select((header, column) => rows.Max(row => Math.Max(row[column].Length, header.Length))),
        ];
        Row(headers, widths);
        Row([.. headers.Select(header => new string('-', header.Length))], widths);
        foreach (IReadOnlyList<string> row in rows)
            Row(row, widths);
    }

    private void Row(IReadOnlyList<string> cells, int[] widths) =>
        Line("  " + string.Join("  ", cells.Select((cell, column) => cell.PadRight(widths[column]))));
}
