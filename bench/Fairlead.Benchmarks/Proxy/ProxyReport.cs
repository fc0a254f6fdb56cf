using System.Globalization;
using Fairlead.Cni;

namespace Fairlead.Benchmarks.Proxy;

/// <summary>The library and the proxy, in this order, with their files on one kind of storage.</summary>
internal sealed record StorageComparison(string Storage, Comparison Of)
{
    public Figures Library => Of.Contenders[0];

    public Figures Proxy => Of.Contenders[1];

    public double OwnCost => Proxy.Milliseconds - Library.Milliseconds;

    public string Verb => Of.Verb == CniVerb.Add ? "ADD" : "DEL";
}

/// <summary>The proxy's comparison as tables.</summary>
internal static class ProxyReport
{
    public const string Introduction = """
        The same attachments, by turns: by Fairlead.Cni with its result cache, in the measuring process; and by `fairlead
        cni-proxy` over its socket, which has the same cache and a journal too. The calls are timed by a client in the pod.
        Files in memory are on a tmpfs, where synchronizing costs nothing: there the proxy's own cost shows. What it costs
        more on the disk is what the journal's synchronized writes take. The proxy serves 8 calls of one pod at a time, and
        all clients here are in one: of 16, half wait, where the library has 16 plugins at once.
        """;

    public static string OwnCost(IReadOnlyList<StorageComparison> comparisons)
    {
        Table table = new(
            3,
            "ms at 1 in parallel",
            "",
            "files in",
            "library",
            "proxy",
            "own cost",
            "of it syncs",
            "library p95",
            "proxy p95"
        );
        foreach (StorageComparison c in comparisons.Where(static c => c.Of.Load.Workers == 1))
        {
            StorageComparison inMemory = comparisons.First(o => o.Storage == "memory" && IsSame(o.Of, c.Of));
            table.Add(
                c.Of.Chain.Name,
                c.Verb,
                c.Storage,
                Text(c.Library.Milliseconds, "F2"),
                Text(c.Proxy.Milliseconds, "F2"),
                Text(c.OwnCost, "F2"),
                Text(c.OwnCost - inMemory.OwnCost, "F2"),
                Text(c.Library.SlowMilliseconds, "F2"),
                Text(c.Proxy.SlowMilliseconds, "F2")
            );
        }
        return table.ToString();
    }

    public static string Throughput(IEnumerable<StorageComparison> comparisons)
    {
        Table table = new(3, "per second", "", "files in", "parallel", "library (a)", "proxy (b)", "b/a");
        foreach (StorageComparison c in comparisons.Where(static c => c.Of.Load.Workers > 1))
            table.Add(
                c.Of.Chain.Name,
                c.Verb,
                c.Storage,
                Text(c.Of.Load.Workers, "F0"),
                Text(c.Library.PerSecond, "F1"),
                Text(c.Proxy.PerSecond, "F1"),
                Text(c.Proxy.PerSecond / c.Library.PerSecond, "F2")
            );
        return table.ToString();
    }

    private static bool IsSame(Comparison a, Comparison b) =>
        a.Chain == b.Chain && a.Verb == b.Verb && a.Load == b.Load;

    private static string Text(double number, string format) => number.ToString(format, CultureInfo.InvariantCulture);
}
