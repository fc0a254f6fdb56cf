using System.Globalization;

namespace Fairlead.Cli.CommandLine;

/// <summary>Spans of time in the notation of kubectl's options: <c>30s</c>, <c>1h30m</c>, <c>500ms</c>.</summary>
internal static class Durations
{
    private const double LongestSeconds = 10L * 365 * 24 * 3600;

    private static readonly (string Unit, double Seconds)[] Units =
    [
        // "ms" before "m": the longer unit must be tried first.
        ("ms", 0.001),
        ("h", 3600),
        ("m", 60),
        ("s", 1),
    ];

    public static bool TryParse(string text, out TimeSpan value)
    {
        value = default;
        if (TryReadNumber(text, out double seconds, out int length) && length == text.Length)
            return TryMake(seconds, out value);

        double total = 0;
        string rest = text;
        while (rest.Length > 0)
        {
            if (!TryReadNumber(rest, out double number, out length))
                return false;
            rest = rest[length..];
            (string unit, double scale) = Array.Find(
                Units,
                unit => rest.StartsWith(unit.Unit, StringComparison.Ordinal)
            );
            if (unit is null)
                return false;
            total += number * scale;
            rest = rest[unit.Length..];
        }
        return text.Length > 0 && TryMake(total, out value);
    }

    private static bool TryMake(double seconds, out TimeSpan value)
    {
        bool fits = seconds is >= 0 and <= LongestSeconds;
        value = fits ? TimeSpan.FromSeconds(seconds) : default;
        return fits;
    }

    private static bool TryReadNumber(string text, out double number, out int length)
    {
        length = text.TakeWhile(c => char.IsAsciiDigit(c) || c == '.').Count();
        return double.TryParse(
            text.AsSpan(0, length),
            NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture,
            out number
        );
    }
}
