namespace Fairlead.Kubernetes.Informing;

/// <summary>
/// How long to wait after so many failures in a row: doubled from 0.25 s up to a cap, of which a random half is taken off,
/// so that those who lost the server together do not come back together.
/// </summary>
internal static class RetryDelay
{
    public static readonly TimeSpan DefaultCap = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan s_first = TimeSpan.FromMilliseconds(250);

    public static TimeSpan After(int failures, TimeSpan? cap = null)
    {
        double most = Math.Min(
            s_first.TotalSeconds * Math.Pow(2, Math.Clamp(failures - 1, 0, 20)),
            (cap ?? DefaultCap).TotalSeconds
        );
        return TimeSpan.FromSeconds(most * (0.5 + (Random.Shared.NextDouble() * 0.5)));
    }
}
