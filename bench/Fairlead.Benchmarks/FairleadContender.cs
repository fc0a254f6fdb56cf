using System.Diagnostics;
using Fairlead.Cni;

namespace Fairlead.Benchmarks;

/// <summary>Fairlead.Cni in this process; one runtime, as many tasks as there are workers.</summary>
internal sealed class FairleadContender : IContender
{
    private readonly NetworkConfigurationList _network;
    private readonly CniRuntime _runtime;
    private readonly Dictionary<string, CniResult> _results = new(StringComparer.Ordinal);

    /// <param name="chain">The network.</param>
    /// <param name="pluginDirectory">Where the plugins are.</param>
    /// <param name="cacheDirectory">Null: no cache; DEL then gets ADD's result from us.</param>
    public FairleadContender(NetworkChain chain, string pluginDirectory, string? cacheDirectory)
    {
        _network = chain.ToList();
        _runtime = new(new() { PluginDirectories = [pluginDirectory], CacheDirectory = cacheDirectory });
        Name = cacheDirectory is null ? "Fairlead.Cni" : "Fairlead.Cni with cache";
    }

    public string Name { get; }

    public double OverheadMilliseconds => 0;

    public async Task<Span[][]> RunAsync(CniVerb verb, CniAttachment[][] work) =>
        await Task.WhenAll(
            work.Select(attachments =>
                Task.Run(() => verb == CniVerb.Add ? AddAsync(attachments) : DeleteAsync(attachments))
            )
        );

    /// <summary>The bytes that one ADD allocates. The attachment is made and released.</summary>
    public async Task<double> MeasureAllocationAsync(CniAttachment attachment)
    {
        long before = GC.GetTotalAllocatedBytes(precise: true);
        CniResult result = await _runtime.AddAsync(_network, attachment);
        long after = GC.GetTotalAllocatedBytes(precise: true);
        await _runtime.DeleteAsync(_network, attachment, result);
        return after - before;
    }

    public void Dispose() { }

    private async Task<Span[]> AddAsync(CniAttachment[] attachments)
    {
        List<Span> spans = [];
        foreach (CniAttachment attachment in attachments)
        {
            long begin = Stopwatch.GetTimestamp();
            CniResult result = await _runtime.AddAsync(_network, attachment);
            spans.Add(new(begin, Stopwatch.GetTimestamp()));
            lock (_results)
                _results[attachment.ContainerId] = result;
        }
        return [.. spans];
    }

    private async Task<Span[]> DeleteAsync(CniAttachment[] attachments)
    {
        List<Span> spans = [];
        foreach (CniAttachment attachment in attachments)
        {
            CniResult? result;
            lock (_results)
                _results.Remove(attachment.ContainerId, out result);
            long begin = Stopwatch.GetTimestamp();
            await _runtime.DeleteAsync(_network, attachment, _runtime.Cache is null ? result : null);
            spans.Add(new(begin, Stopwatch.GetTimestamp()));
        }
        return [.. spans];
    }
}
