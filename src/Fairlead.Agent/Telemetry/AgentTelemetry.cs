using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Fairlead.Agent.Telemetry;

/// <summary>What the agent counts as it goes.</summary>
internal static class AgentTelemetry
{
    public const string MeterName = "Fairlead.Agent";

    private static readonly Meter s_meter = new(MeterName);

    private static readonly Histogram<double> s_reconcile = s_meter.CreateHistogram<double>(
        "fairlead.reconcile.duration",
        "s",
        "How long a pass over one virtual machine took, by outcome",
        tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.025, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60] }
    );

    /// <summary>Spans of a virtual machine's start.</summary>
    public static ActivitySource Source { get; } = new(MeterName);

    public static void Reconciled(long begin, bool succeeded) =>
        s_reconcile.Record(
            Stopwatch.GetElapsedTime(begin).TotalSeconds,
            new KeyValuePair<string, object?>("outcome", succeeded ? "succeeded" : "failed")
        );
}
