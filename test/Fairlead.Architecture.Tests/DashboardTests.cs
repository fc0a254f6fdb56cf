using System.Text.Json;
using System.Text.RegularExpressions;
using Fairlead.Testing;

namespace Fairlead.Architecture.Tests;

/// <summary>The Grafana dashboard asks for nothing that no daemon serves, and leaves out nothing that one does.</summary>
public sealed partial class DashboardTests
{
    private static readonly string[] s_histogramSuffixes = ["_bucket", "_count", "_sum"];

    [Fact]
    public void Dashboard_UsesOnlyMetricsThatExist()
    {
        HashSet<string> served = [.. Instruments().SelectMany(SeriesOf)];
        Assert.NotEmpty(served);

        Assert.All(Used(), name => Assert.Contains(name, served));
    }

    [Fact]
    public void EveryInstrument_IsOnTheDashboard()
    {
        string[] used = [.. Used()];

        // What counts packets is on it by its bytes, drops and errors.
        IEnumerable<Instrument> wanted = Instruments()
            .Where(i => !i.Name.EndsWith(".packets", StringComparison.Ordinal));
        Assert.All(wanted, i => Assert.True(SeriesOf(i).Any(used.Contains), $"{i.Name} is on no panel"));
    }

    private static IEnumerable<string> Used()
    {
        string path = Path.Combine(RepositoryPaths.Root, "deploy", "grafana", "fairlead.json");
        using JsonDocument dashboard = JsonDocument.Parse(File.ReadAllBytes(path));
        return
        [
            .. dashboard
                .RootElement.GetProperty("panels")
                .EnumerateArray()
                .SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
                .SelectMany(target => SeriesName().Matches(target.GetProperty("expr").GetString()!))
                .Select(match => match.Value)
                .Distinct(StringComparer.Ordinal),
        ];
    }

    /// <summary>The instruments that the sources make; those of a virtual machine's traffic by way of one method.</summary>
    private static IEnumerable<Instrument> Instruments()
    {
        IEnumerable<string> sources = Directory
            .EnumerateFiles(Path.Combine(RepositoryPaths.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal))
            .Select(File.ReadAllText);
        foreach (string source in sources)
        {
            foreach (Match match in Creation().Matches(source))
                yield return new Instrument(
                    match.Groups["kind"].Value,
                    match.Groups["name"].Value,
                    source[match.Index..source.IndexOf(");\n", match.Index, StringComparison.Ordinal)]
                        .Contains("\"s\",", StringComparison.Ordinal)
                );
            foreach (Match match in Traffic().Matches(source))
                yield return new Instrument("Counter", $"fairlead.vmi.network.{match.Groups["name"].Value}", false);
        }
    }

    /// <summary>As OpenTelemetry's exporter for Prometheus names it.</summary>
    private static IEnumerable<string> SeriesOf(Instrument instrument)
    {
        string name = instrument.Name.Replace('.', '_') + (instrument.IsSeconds ? "_seconds" : "");
        return instrument.Kind switch
        {
            "Histogram" => s_histogramSuffixes.Select(suffix => name + suffix),
            "Counter" => [name + "_total"],
            _ => [name],
        };
    }

    [GeneratedRegex("fairlead_[a-z_]+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SeriesName();

    [GeneratedRegex(
        """Create(Observable)?(?<kind>Histogram|Counter|Gauge)(<\w+>)?\(\s*"(?<name>fairlead\.[a-z_.]+)",""",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Creation();

    [GeneratedRegex("""\bCounter\("(?<name>[a-z_.]+)",""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Traffic();

    private sealed record Instrument(string Kind, string Name, bool IsSeconds);
}
