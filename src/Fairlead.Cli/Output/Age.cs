using System.Globalization;

namespace Fairlead.Cli.Output;

/// <summary>A span of time in few characters, as kubectl's AGE column: 5s, 3m12s, 4h, 2d3h, 2y10d.</summary>
internal static class Age
{
    private const int DaysOfYear = 365;

    public const string Unknown = "<unknown>";

    public static string Since(DateTimeOffset? start, TimeProvider time) =>
        start is { } known ? Format(time.GetUtcNow() - known) : Unknown;

    /// <summary>
    /// Two units where one would be coarse (3m12s), one where the second says nothing (15m). The thresholds are those of
    /// Kubernetes' HumanDuration, which every user of kubectl has learned to read.
    /// </summary>
    public static string Format(TimeSpan age)
    {
        long seconds = (long)age.TotalSeconds;
        // Clocks differ by a little: a birth in the near future counts as now.
        if (seconds < -1)
            return "<invalid>";
        if (seconds < 0)
            return "0s";
        if (seconds < 120)
            return Text(seconds, "s");

        long minutes = seconds / 60;
        if (minutes < 10)
            return Text(minutes, "m") + Rest(seconds % 60, "s");
        if (minutes < 180)
            return Text(minutes, "m");

        long hours = minutes / 60;
        if (hours < 8)
            return Text(hours, "h") + Rest(minutes % 60, "m");
        if (hours < 48)
            return Text(hours, "h");

        long days = hours / 24;
        if (days < 8)
            return Text(days, "d") + Rest(hours % 24, "h");
        if (days < 2 * DaysOfYear)
            return Text(days, "d");

        long years = days / DaysOfYear;
        return years < 8 ? Text(years, "y") + Rest(days % DaysOfYear, "d") : Text(years, "y");
    }

    private static string Rest(long value, string unit) => value == 0 ? "" : Text(value, unit);

    private static string Text(long value, string unit) => value.ToString(CultureInfo.InvariantCulture) + unit;
}
