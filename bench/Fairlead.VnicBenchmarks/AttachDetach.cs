using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Fairlead.Agent.V1;

namespace Fairlead.VnicBenchmarks;

/// <summary>How long each of several operations took, and all of them together.</summary>
internal sealed record Timings(IReadOnlyList<double> Milliseconds, TimeSpan Whole)
{
    /// <summary>The nearest rank: the smallest value that this part of all does not exceed.</summary>
    public double Percentile(double part)
    {
        double[] sorted = [.. Milliseconds.Order()];
        return sorted[Math.Max(0, (int)Math.Ceiling(part * sorted.Length) - 1)];
    }
}

/// <summary>
/// vNICs attached and detached through the agent. A domain is one worker's at a time: the agent does one thing at a time
/// to it in any case.
/// </summary>
internal sealed class AttachDetach(FairleadEnvironment environment)
{
    private readonly ConcurrentBag<(string Domain, string Vnic)> _attached = [];

    public async Task<(Timings Attach, Timings Detach)> RunAsync(int count, int workers) =>
        (await AttachAsync(count, workers), await DetachAsync(workers));

    public Task<Timings> AttachAsync(int count, int workers)
    {
        string[] domains = [.. environment.DomainNames];
        return TimeAsync(
            [
                .. Enumerable
                    .Range(0, count)
                    .Select(i =>
                        (
                            domains[i % domains.Length],
                            string.Create(CultureInfo.InvariantCulture, $"net{i / domains.Length}")
                        )
                    ),
            ],
            workers,
            async (domain, vnic) =>
            {
                await environment.Agent.AttachAsync(new AttachRequest { Domain = domain, Name = vnic });
                _attached.Add((domain, vnic));
            }
        );
    }

    public Task<Timings> DetachAsync(int workers)
    {
        (string, string)[] attached = [.. _attached.OrderBy(a => a.Vnic, StringComparer.Ordinal)];
        _attached.Clear();
        return TimeAsync(
            attached,
            workers,
            async (domain, vnic) =>
                await environment.Agent.DetachAsync(new DetachRequest { Domain = domain, Name = vnic })
        );
    }

    private static async Task<Timings> TimeAsync(
        IReadOnlyList<(string Domain, string Vnic)> work,
        int workers,
        Func<string, string, Task> act
    )
    {
        ConcurrentBag<double> milliseconds = [];
        long begin = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(
            work.GroupBy(w => w.Domain, StringComparer.Ordinal),
            new ParallelOptions { MaxDegreeOfParallelism = workers },
            async (ofDomain, _) =>
            {
                foreach ((string domain, string vnic) in ofDomain)
                {
                    long start = Stopwatch.GetTimestamp();
                    await act(domain, vnic);
                    milliseconds.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                }
            }
        );
        return new Timings([.. milliseconds], Stopwatch.GetElapsedTime(begin));
    }
}
