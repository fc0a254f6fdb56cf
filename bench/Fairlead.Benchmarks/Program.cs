using System.Diagnostics;
using System.Globalization;
using System.Text;
using Fairlead.Benchmarks;

// Run by bench/run.sh inside a node of namespaces.
if (args is not [var directory, var program, var output, var commit, var plugins])
{
    Console.Error.WriteLine("usage: Fairlead.Benchmarks DIRECTORY FAIRLEAD OUTPUT COMMIT PLUGINS-VERSION");
    return 2;
}
string pluginDirectory = Environment.GetEnvironmentVariable("CNI_PATH") ?? "/usr/lib/cni";
string wanted = Environment.GetEnvironmentVariable("CHAIN") ?? "";
NetworkChain[] chains = [.. NetworkChain.All.Where(c => c.Name.Contains(wanted, StringComparison.Ordinal))];
const int warmUpRounds = 3;
Load[] loads = [new(1, 1, 60), new(4, 4, 8), new(16, 2, 6)];

long begin = Stopwatch.GetTimestamp();
string loadBefore = Machine.Load;
for (int i = 0; i < loads.Max(static l => l.Attachments); i++)
{
    string name = string.Create(CultureInfo.InvariantCulture, $"{CniComparison.NetnsPrefix}{i}");
    using Process ip = Process.Start("ip", ["netns", "add", name]);
    ip.WaitForExit();
}

StringBuilder allocations = new();
List<Comparison> comparisons = [];
foreach (NetworkChain chain in chains)
{
    string cache = Path.Combine(directory, chain.Plugin);
    using FairleadContender plain = new(chain, pluginDirectory, cacheDirectory: null);
    using FairleadContender caching = new(chain, pluginDirectory, cache);
    foreach (Load load in loads)
    {
        using ShellContender shell = new(chain, load.Workers, pluginDirectory);
        CniComparison comparison = new(chain, [shell, plain, caching]);
        // The first ADD makes the bridge, and the first rounds compile our code, if it was not compiled before.
        await comparison.RunAsync(load with { Rounds = warmUpRounds });
        comparisons.AddRange(await comparison.RunAsync(load));
    }
    double plainBytes = Statistics.Median(await AllocationsAsync(chain, plain));
    double cachingBytes = Statistics.Median(await AllocationsAsync(chain, caching));
    allocations.Append(
        CultureInfo.InvariantCulture,
        $"- allocated by one ADD, {chain.Name}: {plainBytes / 1024:F1} KiB, with cache {cachingBytes / 1024:F1} KiB\n"
    );
}
string startTime = StartTime.Measure(program);

TimeSpan elapsed = Stopwatch.GetElapsedTime(begin);
string report = $"""
    # Plugins run by a shell loop and by Fairlead.Cni

    {Report.Head(
        loads,
        commit,
        plugins
    )}- load average: {loadBefore} before, {Machine.Load} after, in {elapsed.TotalSeconds.ToString(
        "F0",
        CultureInfo.InvariantCulture
    )} s

    {Report.Latencies(comparisons)}
    {Report.Throughputs(comparisons)}
    {allocations}- {startTime}

    """;
Console.Write(report);
await File.WriteAllTextAsync(output, report);
return 0;

static async Task<List<double>> AllocationsAsync(NetworkChain chain, FairleadContender contender)
{
    const int samples = 10;
    List<double> bytes = [];
    for (int i = 0; i < samples; i++)
        bytes.Add(await contender.MeasureAllocationAsync(CniComparison.MakeAttachment(chain, i)));
    return bytes;
}
