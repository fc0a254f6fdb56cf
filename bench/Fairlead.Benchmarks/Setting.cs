using System.Globalization;
using System.Text;

namespace Fairlead.Benchmarks;

/// <summary>What a part is run with, and what its figures mean nothing without.</summary>
/// <param name="Directory">For files; on the machine's own disk.</param>
/// <param name="Program">The <c>fairlead</c> that is measured.</param>
/// <param name="Commit">What was measured.</param>
/// <param name="Plugins">The plugins' version.</param>
internal sealed record Setting(string Directory, string Program, string Commit, string Plugins)
{
    private readonly long _begin = System.Diagnostics.Stopwatch.GetTimestamp();
    private readonly string _loadBefore = Machine.Load;

    public string PluginDirectory { get; } = Environment.GetEnvironmentVariable("CNI_PATH") ?? "/usr/lib/cni";

    /// <summary>Only chains with this in their name are run; empty for all.</summary>
    private static string WantedChain => Environment.GetEnvironmentVariable("CHAIN") ?? "";

    public static NetworkChain[] Wanted(IEnumerable<NetworkChain> chains) =>
        [.. chains.Where(c => c.Name.Contains(WantedChain, StringComparison.Ordinal))];

    /// <summary>The report's first lines; to be asked for at the end.</summary>
    /// <param name="loads">How many pairs each figure rests on.</param>
    public string Head(IEnumerable<Load> loads) =>
        new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"- machine: {Machine.Description}\n")
            .Append(CultureInfo.InvariantCulture, $"- kernel: {Machine.Kernel}\n")
            .Append(CultureInfo.InvariantCulture, $"- runtime: {Machine.Runtime}\n")
            .Append(CultureInfo.InvariantCulture, $"- plugins: {Plugins}\n")
            .Append(CultureInfo.InvariantCulture, $"- commit: {Commit}\n")
            .Append("- pairs of ADD and DEL behind each figure: ")
            .AppendJoin(
                ", ",
                loads.Select(static l =>
                    string.Create(CultureInfo.InvariantCulture, $"{l.Pairs} at {l.Workers} in parallel")
                )
            )
            .Append(
                CultureInfo.InvariantCulture,
                $"\n- load average: {_loadBefore} before, {Machine.Load} after, in {System.Diagnostics.Stopwatch.GetElapsedTime(_begin).TotalSeconds:F0} s\n"
            )
            .ToString();
}
