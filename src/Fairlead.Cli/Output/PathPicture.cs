using System.Globalization;
using Fairlead.Agent.V1;

namespace Fairlead.Cli.Output;

/// <summary>
/// The way of a vNIC's frames in text: a line of what each thing is, a line of their names joined by dashes, and below
/// them what else is worth knowing of each.
/// </summary>
internal static class PathPicture
{
    private const string Link = " --- ";

    public static IEnumerable<string> Draw(VnicPath path)
    {
        IReadOnlyList<IReadOnlyList<string>> columns =
        [
            ["network", path.Network, .. Known("gateway ", path.Gateway)],
            ["VMI interface", path.VmiInterface, .. path.Mtu > 0 ? Known("MTU ", Number(path.Mtu)) : []],
            ["bridge", path.Bridge, .. Known("libvirt network ", path.LibvirtNetwork)],
            ["tap", path.Tap],
            ["vNIC", path.Vnic, .. Known("", path.Mac), .. path.Addresses],
        ];
        int[] widths = [.. columns.Select(column => column.Max(cell => cell.Length))];
        int height = columns.Max(column => column.Count);
        for (int line = 0; line < height; line++)
            yield return Line(columns, widths, line).TrimEnd();
    }

    private static string Line(IReadOnlyList<IReadOnlyList<string>> columns, int[] widths, int line)
    {
        const int names = 1;
        string between = line == names ? Link : new string(' ', Link.Length);
        IEnumerable<string> cells = columns.Select(
            (column, i) =>
            {
                string cell = line < column.Count ? column[line] : "";
                // What is not made yet is a hole in the path, not an end of it.
                if (line == names && cell.Length == 0)
                    cell = "?";
                bool dashes = line == names && i < columns.Count - 1 && cell.Length < widths[i];
                return dashes ? (cell + " ").PadRight(widths[i], '-') : cell.PadRight(widths[i]);
            }
        );
        return string.Join(between, cells);
    }

    private static IEnumerable<string> Known(string label, string value) => value.Length == 0 ? [] : [label + value];

    private static string Number(uint value) => value.ToString(CultureInfo.InvariantCulture);
}
