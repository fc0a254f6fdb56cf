namespace Fairlead.Cli.Output;

/// <summary>
/// Aligned columns as kubectl prints them: three blanks between, none at the end of a line. It may be asked to print
/// again: a watch's later lines keep the widths that the columns have had.
/// </summary>
internal sealed class TableWriter(TextWriter output, IReadOnlyList<string> headers)
{
    private const int Gap = 3;

    private readonly int[] _widths = new int[headers.Count];
    private bool _headerIsOut;

    /// <summary>Leaves the line of headers out.</summary>
    public bool WithoutHeader { get; init; }

    /// <summary>Puts escape sequences around a cell's text, given its column; the width does not count them.</summary>
    public Func<int, string, string>? Colour { get; init; }

    public void Write(IReadOnlyList<IReadOnlyList<string>> rows)
    {
        bool withHeader = !_headerIsOut && !WithoutHeader;
        foreach (IReadOnlyList<string> row in withHeader ? rows.Prepend(headers) : rows)
        {
            for (int column = 0; column < row.Count; column++)
                _widths[column] = Math.Max(_widths[column], row[column].Length);
        }
        if (withHeader)
            WriteLine(headers, colour: null);
        _headerIsOut = true;
        foreach (IReadOnlyList<string> row in rows)
            WriteLine(row, Colour);
    }

    private void WriteLine(IReadOnlyList<string> cells, Func<int, string, string>? colour)
    {
        for (int column = 0; column < cells.Count; column++)
        {
            string cell = cells[column];
            output.Write(colour is null ? cell : colour(column, cell));
            if (column < cells.Count - 1)
                output.Write(new string(' ', _widths[column] - cell.Length + Gap));
        }
        output.WriteLine();
    }
}
