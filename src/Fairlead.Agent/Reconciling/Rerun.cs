namespace Fairlead.Agent.Reconciling;

/// <summary>
/// When a machine whose guest has ended is run again: at once the first time, then after 10 s, doubled up to five minutes,
/// as a kubelet does with containers. One that has run for ten minutes begins anew. Pure.
/// </summary>
internal static class Rerun
{
    private static readonly TimeSpan s_first = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_most = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_lasting = TimeSpan.FromMinutes(10);

    /// <summary>How many reruns count, after a run of this length.</summary>
    public static int CountAfter(int reruns, TimeSpan? ran) => ran >= s_lasting ? 0 : reruns;

    /// <summary>How long to wait after the end.</summary>
    public static TimeSpan DelayOf(int reruns) =>
        reruns == 0 ? TimeSpan.Zero
        : reruns > 5 ? s_most
        : s_first * (1 << (reruns - 1));
}
