using System.Globalization;
using Fairlead.Cni;

namespace Fairlead.Benchmarks;

/// <summary>The comparison as text: the same on the terminal and in the file.</summary>
internal static class Report
{
    public static string Latencies(IEnumerable<Comparison> comparisons)
    {
        Table table = new(2, "median ms", "", "parallel", "sh (a)", "Fairlead.Cni (b)", "b/a", "with cache (c)", "c/a");
        foreach (Comparison c in comparisons)
            AddRow(table, c, "F2", static f => f.Milliseconds);
        return table.ToString();
    }

    public static string Throughputs(IEnumerable<Comparison> comparisons)
    {
        Table table = new(
            2,
            "per second",
            "",
            "parallel",
            "sh (a)",
            "Fairlead.Cni (b)",
            "b/a",
            "with cache (c)",
            "c/a"
        );
        foreach (Comparison c in comparisons.Where(static c => c.Load.Workers > 1))
            AddRow(table, c, "F1", static f => f.PerSecond);
        return table.ToString();
    }

    private static void AddRow(Table table, Comparison comparison, string format, Func<Figures, double> value)
    {
        string Text(double number, string how) => number.ToString(how, CultureInfo.InvariantCulture);
        double[] values = [.. comparison.Contenders.Select(value)];
        table.Add(
            comparison.Chain.Name,
            comparison.Verb == CniVerb.Add ? "ADD" : "DEL",
            comparison.Load.Workers.ToString(CultureInfo.InvariantCulture),
            Text(values[0], format),
            Text(values[1], format),
            Text(values[1] / values[0], "F2"),
            Text(values[2], format),
            Text(values[2] / values[0], "F2")
        );
    }
}
