using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Fairlead.Vmi;

/// <summary>A vNIC's set-up, its steps, and its release, as metrics and traces show them.</summary>
internal static class VnicSteps
{
    public const string Attach = "attach";
    public const string Add = "add";
    public const string Read = "read";
    public const string Strip = "strip";
    public const string Network = "network";
    public const string Join = "join";
    public const string Release = "release";

    private static readonly ActivitySource s_source = new("Fairlead.Vmi");
    private static readonly Meter s_meter = new("Fairlead.Vmi");

    private static readonly InstrumentAdvice<double> s_buckets = new()
    {
        HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    };

    private static readonly Histogram<double> s_whole = s_meter.CreateHistogram<double>(
        "fairlead.attach.duration",
        "s",
        "How long the set-up of a vNIC took, by network and outcome",
        tags: null,
        s_buckets
    );

    private static readonly Histogram<double> s_steps = s_meter.CreateHistogram<double>(
        "fairlead.attach.step.duration",
        "s",
        "How long each step of a vNIC's set-up took, by step, network and outcome",
        tags: null,
        s_buckets
    );

    private static readonly Histogram<double> s_release = s_meter.CreateHistogram<double>(
        "fairlead.release.duration",
        "s",
        "How long giving a vNIC back took, by network and outcome",
        tags: null,
        s_buckets
    );

    /// <summary>Times one step, as a span of the trace and in the histograms; a step that throws has failed.</summary>
    /// <param name="step">One of the constants.</param>
    /// <param name="vnic">Whose step; for the trace alone, so that it does not multiply the metrics.</param>
    /// <param name="network">The network's name as it is known when the step has ended.</param>
    /// <param name="body">The step.</param>
    public static async Task<T> MeasureAsync<T>(string step, VnicNames vnic, Func<string?> network, Func<Task<T>> body)
    {
        using Activity? span = StartSpan(step, vnic);
        long begin = Stopwatch.GetTimestamp();
        string outcome = "failed";
        try
        {
            T result = await body();
            outcome = "succeeded";
            return result;
        }
        catch (Exception e)
        {
            span?.SetStatus(ActivityStatusCode.Error, e.Message);
            throw;
        }
        finally
        {
            span?.SetTag("fairlead.network", network());
            Record(step, network() ?? "unknown", outcome, Stopwatch.GetElapsedTime(begin));
        }
    }

    /// <inheritdoc cref="MeasureAsync{T}"/>
    public static Task MeasureAsync(string step, VnicNames vnic, Func<string?> network, Func<Task> body) =>
        MeasureAsync(
            step,
            vnic,
            network,
            async () =>
            {
                await body();
                return true;
            }
        );

    private static Activity? StartSpan(string step, VnicNames vnic) =>
        s_source
            .StartActivity($"vnic {step}")
            ?.SetTag("fairlead.vm", vnic.Vm.ToString())
            .SetTag("fairlead.vm.uid", vnic.VmUid)
            .SetTag("fairlead.vnic", vnic.Vnic);

    private static void Record(string step, string network, string outcome, TimeSpan elapsed)
    {
        TagList tags = new() { { "network", network }, { "outcome", outcome } };
        Histogram<double> histogram = step switch
        {
            Attach => s_whole,
            Release => s_release,
            _ => s_steps,
        };
        if (ReferenceEquals(histogram, s_steps))
            tags.Add("step", step);
        histogram.Record(elapsed.TotalSeconds, tags);
    }
}
