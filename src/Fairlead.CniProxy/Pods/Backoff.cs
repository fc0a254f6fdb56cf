namespace Fairlead.CniProxy.Pods;

/// <summary>How long a release that failed waits for the next try.</summary>
internal static class Backoff
{
    private static readonly TimeSpan s_first = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(1);

    /// <summary>1, 2, 4, … and at most 60 seconds.</summary>
    /// <param name="failures">How often it has failed, at least once.</param>
    public static TimeSpan After(int failures) =>
        failures > 6 ? s_longest : TimeSpan.FromTicks(Math.Min(s_longest.Ticks, s_first.Ticks << (failures - 1)));
}
