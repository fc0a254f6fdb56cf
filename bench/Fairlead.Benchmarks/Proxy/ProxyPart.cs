using System.Diagnostics;
using System.Globalization;
using Fairlead.Cni;

namespace Fairlead.Benchmarks.Proxy;

/// <summary>What the CNI proxy costs over the library that it runs plugins with, in time and in memory.</summary>
internal static class ProxyPart
{
    private const int WarmUpRounds = 3;
    private const int ManyAttachments = 1000;
    private const int Starts = 11;

    private static readonly Load s_one = new(1, 1, 100);

    // As many as the proxy serves of one pod at a time, and twice that: then half of them wait for their turn.
    private static readonly Load s_served = new(8, 4, 8);
    private static readonly Load s_many = new(16, 4, 8);
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(5);

    // All attachments are in one pod, so no network sets a default route there.
    private static readonly NetworkChain[] s_chains =
    [
        new(
            "bridge + host-local",
            "bridge",
            """
            "bridge":"bench0","isGateway":true,"ipam":{"type":"host-local","subnet":"10.201.0.0/16"}
            """
        ),
        NetworkChain.StaticAlone,
    ];

    /// <returns>The report.</returns>
    public static async Task<string> RunAsync(Setting setting)
    {
        ProxyProcess.Prepare(s_chains);
        List<StorageComparison> comparisons =
        [
            // A tmpfs, where a synchronized write costs nothing.
            .. await CompareAsync(setting, "memory", "/run/bench-state"),
            .. await CompareAsync(setting, "disk", Path.Combine(setting.Directory, "state")),
        ];
        string footprint = await MeasureFootprintAsync(setting);
        return $"""
            # The CNI proxy over the library

            {setting.Head([s_one, s_served, s_many])}
            {ProxyReport.Introduction}

            {ProxyReport.OwnCost(comparisons)}
            {ProxyReport.Throughput(comparisons)}
            {footprint}
            """;
    }

    private static async Task<List<StorageComparison>> CompareAsync(Setting setting, string storage, string directory)
    {
        using ProxyProcess proxy = new(setting, storage, Path.Combine(directory, "proxy"));
        await proxy.StartAsync(attachments: 0);
        List<StorageComparison> comparisons = [];
        foreach (NetworkChain chain in Setting.Wanted(s_chains))
        {
            string cache = Path.Combine(directory, "library");
            using FairleadContender library = new(chain, setting.PluginDirectory, cache);
            using ProxyContender contender = new("proxy", chain, proxy);
            CniComparison comparison = new(chain, MakeAttachment, [library, contender]);
            foreach (Load load in (Load[])[s_one, s_served, s_many])
            {
                await comparison.RunAsync(load with { Rounds = WarmUpRounds });
                IReadOnlyList<Comparison> measured = await comparison.RunAsync(load);
                comparisons.AddRange(measured.Select(c => new StorageComparison(storage, c)));
            }
        }
        return comparisons;
    }

    private static async Task<string> MeasureFootprintAsync(Setting setting)
    {
        using ProxyProcess proxy = new(setting, "footprint", Path.Combine(setting.Directory, "footprint"));
        double emptyStart = await MeasureStartsAsync(proxy, attachments: 0);
        await Task.Delay(s_rest);
        double idle = proxy.ResidentMib();

        NetworkChain chain = s_chains[0];
        using ProxyContender contender = new("proxy", chain, proxy);
        long begin = Stopwatch.GetTimestamp();
        await contender.RunAsync(
            CniVerb.Add,
            [.. Enumerable.Range(0, ManyAttachments).Select(MakeAttachment).Chunk(ManyAttachments / 8)]
        );
        TimeSpan adding = Stopwatch.GetElapsedTime(begin);
        await Task.Delay(s_rest);
        double full = proxy.ResidentMib();

        proxy.Kill();
        double fullStart = await MeasureStartsAsync(proxy, ManyAttachments);
        await Task.Delay(s_rest);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            - resident memory, {s_rest.TotalSeconds} s after the last call: {idle:F1} MiB without attachments; {full:F1} MiB with {ManyAttachments} that it has just made in {adding.TotalSeconds:F0} s; {proxy.ResidentMib():F1} MiB with the same after a new start
            - from start until it has answered a first call, median of {Starts}: {emptyStart:F0} ms without attachments; {fullStart:F0} ms with {ManyAttachments} on record, all of them listed in the answer

            """
        );
    }

    /// <summary>The median of several starts, in milliseconds; it runs afterwards.</summary>
    private static async Task<double> MeasureStartsAsync(ProxyProcess proxy, int attachments)
    {
        List<double> times = [(await proxy.StartAsync(attachments)).TotalMilliseconds];
        while (times.Count < Starts)
        {
            proxy.Kill();
            times.Add((await proxy.StartAsync(attachments)).TotalMilliseconds);
        }
        return Statistics.Median(times);
    }

    private static CniAttachment MakeAttachment(int number) =>
        new()
        {
            ContainerId = $"bench-{Guid.NewGuid():N}",
            NetnsPath = ProxyProcess.PodNetns,
            InterfaceName = string.Create(CultureInfo.InvariantCulture, $"vmi{number}"),
        };
}
