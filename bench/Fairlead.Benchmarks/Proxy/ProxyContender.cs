using System.Diagnostics;
using System.Globalization;
using Fairlead.Cni;

namespace Fairlead.Benchmarks.Proxy;

/// <summary>The CNI proxy, asked from within the pod on a connection for each worker.</summary>
/// <remarks>The times are taken by the client, around its calls: the kernel's clock is the same for all processes.</remarks>
internal sealed class ProxyContender : IContender
{
    private readonly NetworkChain _chain;
    private readonly Process _client;

    public ProxyContender(string name, NetworkChain chain, ProxyProcess proxy)
    {
        Name = name;
        _chain = chain;
        string[] command = [$"--net={ProxyProcess.PodNetns}", Environment.ProcessPath!, "client", proxy.Socket];
        _client = Process.Start(
            new ProcessStartInfo("nsenter", command)
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            }
        )!;
        _client.StandardInput.AutoFlush = true;
    }

    public string Name { get; }

    public double OverheadMilliseconds => 0;

    public async Task<Span[][]> RunAsync(CniVerb verb, CniAttachment[][] work)
    {
        string request = string.Join('\t', work.Select(list => RequestOf(verb, list)));
        await _client.StandardInput.WriteLineAsync(request);
        string answer = await _client.StandardOutput.ReadLineAsync() ?? "no client: it has ended";
        return answer.StartsWith("no ", StringComparison.Ordinal)
            ? throw new InvalidOperationException($"{Name}: {answer[3..]}")
            : [.. answer.Split('\t').Select(SpansOf)];
    }

    public void Dispose()
    {
        _client.StandardInput.Close();
        _client.WaitForExit();
        _client.Dispose();
    }

    private string RequestOf(CniVerb verb, CniAttachment[] list) =>
        verb == CniVerb.Add
            ? $"add {_chain.NetworkName} {string.Join(' ', list.Select(a => $"{a.ContainerId} {a.InterfaceName}"))}"
            : $"delete {string.Join(' ', list.Select(a => a.ContainerId))}";

    private static Span[] SpansOf(string list) =>
        [
            .. list.Split(' ')
                .Select(static tick => long.Parse(tick, CultureInfo.InvariantCulture))
                .Chunk(2)
                .Select(static pair => new Span(pair[0], pair[1])),
        ];
}
