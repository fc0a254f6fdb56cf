using System.Globalization;

namespace Fairlead.Benchmarks;

/// <summary>How long a program needs to start, do next to nothing, and end.</summary>
internal static class StartTime
{
    private const int Runs = 30;

    /// <summary>The median of <c>fairlead cni version</c>, with that of /bin/true, which is what no program goes below.</summary>
    public static string Measure(string program)
    {
        if (!File.Exists(program))
            return "`fairlead cni version`: not measured, out/fairlead is not built";
        try
        {
            using ShellWorker fairlead = new("start-loop.sh", [program, "cni", "version"]);
            using ShellWorker nothing = new("start-loop.sh", ["/bin/true"]);
            List<double> times = [];
            List<double> floor = [];
            _ = fairlead.Run("");
            for (int i = 0; i < Runs; i++)
            {
                times.Add(fairlead.Run("").Milliseconds);
                floor.Add(nothing.Run("").Milliseconds);
            }
            return string.Create(
                CultureInfo.InvariantCulture,
                $"`fairlead cni version`: {Statistics.Median(times):F1} ms from start to end, median of {Runs} runs (least {times.Min():F1}; `/bin/true` {Statistics.Median(floor):F1})"
            );
        }
        catch (InvalidOperationException e)
        {
            return $"`fairlead cni version`: not measured, out/fairlead does not run it ({e.Message})";
        }
    }
}
