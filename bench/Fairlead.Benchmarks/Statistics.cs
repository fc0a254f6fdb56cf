using System.Diagnostics;

namespace Fairlead.Benchmarks;

/// <summary>When something began and ended, in <see cref="Stopwatch"/> ticks.</summary>
internal readonly record struct Span(long Begin, long End)
{
    public double Milliseconds => Stopwatch.GetElapsedTime(Begin, End).TotalMilliseconds;

    /// <summary>From the first begin to the last end.</summary>
    public static Span Around(IReadOnlyCollection<Span> spans) => new(spans.Min(s => s.Begin), spans.Max(s => s.End));
}

internal static class Statistics
{
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        if (sorted.Length == 0)
            return double.NaN;
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// <summary>The least value that so many in a hundred do not exceed (nearest rank).</summary>
    public static double Percentile(IEnumerable<double> values, int percent)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0
            ? double.NaN
            : sorted[Math.Max(0, (int)Math.Ceiling(sorted.Length * percent / 100.0) - 1)];
    }
}
