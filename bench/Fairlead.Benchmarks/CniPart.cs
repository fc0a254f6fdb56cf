using System.Globalization;
using System.Text;
using Fairlead.Cni;

namespace Fairlead.Benchmarks;

/// <summary>Plugins run by a shell loop and by Fairlead.Cni, side by side.</summary>
internal static class CniPart
{
    private const int WarmUpRounds = 3;
    private static readonly Load[] s_loads = [new(1, 1, 60), new(4, 4, 8), new(16, 2, 6)];

    /// <returns>The report.</returns>
    public static async Task<string> RunAsync(Setting setting)
    {
        for (int i = 0; i < s_loads.Max(static l => l.Attachments); i++)
            Commands.Run("ip", "netns", "add", NetnsOf(i));
        StringBuilder allocations = new();
        List<Comparison> comparisons = [];
        foreach (NetworkChain chain in Setting.Wanted(NetworkChain.All))
        {
            string cache = Path.Combine(setting.Directory, chain.Plugin);
            using FairleadContender plain = new(chain, setting.PluginDirectory, cacheDirectory: null);
            using FairleadContender caching = new(chain, setting.PluginDirectory, cache);
            foreach (Load load in s_loads)
            {
                using ShellContender shell = new(chain, load.Workers, setting.PluginDirectory);
                CniComparison comparison = new(chain, i => MakeAttachment(chain, i), [shell, plain, caching]);
                // The first ADD makes the bridge, and the first rounds compile our code, if it was not compiled before.
                await comparison.RunAsync(load with { Rounds = WarmUpRounds });
                comparisons.AddRange(await comparison.RunAsync(load));
            }
            double plainBytes = Statistics.Median(await AllocationsAsync(chain, plain));
            double cachingBytes = Statistics.Median(await AllocationsAsync(chain, caching));
            allocations.Append(
                CultureInfo.InvariantCulture,
                $"- allocated by one ADD, {chain.Name}: {plainBytes / 1024:F1} KiB, with cache {cachingBytes / 1024:F1} KiB\n"
            );
        }
        string startTime = StartTime.Measure(setting.Program);
        return $"""
            # Plugins run by a shell loop and by Fairlead.Cni

            {setting.Head(s_loads)}
            {Report.Latencies(comparisons)}
            {Report.Throughputs(comparisons)}
            {allocations}- {startTime}

            """;
    }

    /// <summary>An attachment of a container of its own, in the namespace of that number.</summary>
    /// <remarks>Two in one namespace would not do: two default routes of ptp do not go into one.</remarks>
    private static CniAttachment MakeAttachment(NetworkChain chain, int netns) =>
        new()
        {
            ContainerId = $"{chain.Plugin}-{Guid.NewGuid():N}",
            NetnsPath = $"/run/netns/{NetnsOf(netns)}",
            InterfaceName = "eth0",
        };

    private static string NetnsOf(int number) => string.Create(CultureInfo.InvariantCulture, $"bench{number}");

    private static async Task<List<double>> AllocationsAsync(NetworkChain chain, FairleadContender contender)
    {
        const int samples = 10;
        List<double> bytes = [];
        for (int i = 0; i < samples; i++)
            bytes.Add(await contender.MeasureAllocationAsync(MakeAttachment(chain, i)));
        return bytes;
    }
}
