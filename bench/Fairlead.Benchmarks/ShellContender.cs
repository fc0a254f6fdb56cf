using Fairlead.Cni;

namespace Fairlead.Benchmarks;

/// <summary>Shells that do by hand what is needed and no more, each driven by a thread.</summary>
internal sealed class ShellContender : IContender
{
    private readonly List<ShellWorker> _shells = [];

    public ShellContender(NetworkChain chain, int workers, string pluginDirectory)
    {
        // A tmpfs of the node's.
        string results = Directory.CreateDirectory($"/run/bench-results/{chain.Plugin}").FullName;
        string plugin = Path.Combine(pluginDirectory, chain.Plugin);
        string path = Environment.GetEnvironmentVariable("PATH") ?? "";
        for (int i = 0; i < workers; i++)
        {
            string[] arguments = [plugin, chain.OpenRequest, results];
            _shells.Add(new("cni-loop.sh", arguments, ("PATH", path), ("CNI_PATH", pluginDirectory)));
        }
        OverheadMilliseconds = _shells[0].MeasureRoundTrip();
    }

    public string Name => "sh";

    public double OverheadMilliseconds { get; }

    public Task<Span[][]> RunAsync(CniVerb verb, CniAttachment[][] work) =>
        Task.WhenAll(
            work.Select(
                (attachments, worker) =>
                    Task.Factory.StartNew(
                        () => Run(_shells[worker], verb, attachments),
                        CancellationToken.None,
                        TaskCreationOptions.LongRunning,
                        TaskScheduler.Default
                    )
            )
        );

    public void Dispose()
    {
        foreach (ShellWorker shell in _shells)
            shell.Dispose();
    }

    private static Span[] Run(ShellWorker shell, CniVerb verb, CniAttachment[] attachments)
    {
        string command = verb == CniVerb.Add ? "ADD" : "DEL";
        return [.. attachments.Select(a => shell.Run($"{command} {a.ContainerId} {a.NetnsPath} {a.InterfaceName}"))];
    }
}
