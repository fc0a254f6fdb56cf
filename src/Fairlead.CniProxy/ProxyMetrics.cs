using System.Diagnostics.Metrics;

namespace Fairlead.CniProxy;

/// <summary>What is counted, for whoever listens to the meter "Fairlead.CniProxy".</summary>
internal static class ProxyMetrics
{
    private static readonly Meter s_meter = new("Fairlead.CniProxy");

    /// <summary>Attachments released; "because" says by whom or why.</summary>
    public static Counter<long> Released { get; } =
        s_meter.CreateCounter<long>("fairlead.cniproxy.released", "{attachment}");

    /// <summary>Tries to release an attachment that failed, by network.</summary>
    public static Counter<long> ReleaseFailures { get; } =
        s_meter.CreateCounter<long>("fairlead.cniproxy.release_failures", "{attempt}");

    /// <summary>Reservations of ours that somebody else freed, by network and whether they could be restored.</summary>
    public static Counter<long> ReservationsLost { get; } =
        s_meter.CreateCounter<long>("fairlead.cniproxy.reservations_lost", "{reservation}");
}
