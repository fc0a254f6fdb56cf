using System.Diagnostics;
using System.Diagnostics.Metrics;
using Fairlead.CniProxy.Journal;

namespace Fairlead.CniProxy.Telemetry;

/// <summary>The proxy's CNI actions as metrics and traces show them.</summary>
internal static class CniActions
{
    public const string SourceName = "Fairlead.CniProxy";

    private static readonly ActivitySource s_source = new(SourceName);
    private static readonly Meter s_meter = new(SourceName);

    private static readonly Histogram<double> s_duration = s_meter.CreateHistogram<double>(
        "fairlead.cni.duration",
        "s",
        "How long a chain of CNI plugins took, by verb, network and outcome",
        tags: null,
        new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
        }
    );

    /// <summary>Runs a chain of plugins; one that throws has failed.</summary>
    public static async Task<T> MeasureAsync<T>(string verb, JournalRecord record, Func<Task<T>> run)
    {
        using Activity? span = s_source
            .StartActivity($"CNI {verb}")
            ?.SetTag("fairlead.network", record.Network)
            .SetTag("fairlead.attachment", record.Key);
        long begin = Stopwatch.GetTimestamp();
        bool succeeded = false;
        try
        {
            T result = await run();
            succeeded = true;
            return result;
        }
        catch (Exception e)
        {
            span?.SetStatus(ActivityStatusCode.Error, e.Message);
            throw;
        }
        finally
        {
            s_duration.Record(
                Stopwatch.GetElapsedTime(begin).TotalSeconds,
                new TagList
                {
                    { "verb", verb },
                    { "network", record.Network },
                    { "outcome", OutcomeOf(succeeded) },
                }
            );
        }
    }

    /// <inheritdoc cref="MeasureAsync{T}"/>
    public static Task MeasureAsync(string verb, JournalRecord record, Func<Task> run) =>
        MeasureAsync(
            verb,
            record,
            async () =>
            {
                await run();
                return true;
            }
        );

    private static string OutcomeOf(bool succeeded) => succeeded ? "succeeded" : "failed";
}
