using System.Diagnostics;
using System.Globalization;
using Fairlead.CniProxy.Client;
using Fairlead.CniProxy.V1;

namespace Fairlead.Benchmarks.Proxy;

/// <summary>
/// The proxy's clients as a process of their own, since the proxy knows its callers by their process's network namespace.
/// A line has a list for each client, the lists separated by tabs: "add NETWORK", then KEY and INTERFACE of each attachment
/// in turn; "delete", then each KEY. The answer has begin and end of each call, in the order of the lists; or "no MESSAGE".
/// </summary>
internal static class ClientLoop
{
    public static async Task<int> RunAsync(string socket)
    {
        List<CniProxyConnection> connections = [];
        while (await Console.In.ReadLineAsync() is { } line)
        {
            string[][] lists = [.. line.Split('\t').Select(static list => list.Split(' '))];
            while (connections.Count < lists.Length)
                connections.Add(new CniProxyConnection(socket));
            string answer;
            try
            {
                Span[][] spans = await Task.WhenAll(
                    lists.Select((list, i) => Task.Run(() => WorkAsync(connections[i], list)))
                );
                answer = string.Join('\t', spans.Select(static list => string.Join(' ', list.Select(Text))));
            }
            catch (CniProxyException e)
            {
                answer = $"no {e.Message.ReplaceLineEndings(" ")}";
            }
            await Console.Out.WriteLineAsync(answer);
        }
        foreach (CniProxyConnection connection in connections)
            connection.Dispose();
        return 0;
    }

    private static async Task<Span[]> WorkAsync(CniProxyConnection proxy, string[] words)
    {
        List<Span> spans = [];
        if (words is ["add", var network, .. var named])
        {
            foreach (string[] pair in named.Chunk(2))
            {
                AddRequest request = new()
                {
                    Key = pair[0],
                    Network = network,
                    InterfaceName = pair[1],
                };
                spans.Add(await MeasureAsync(() => proxy.AddAsync(request, CancellationToken.None)));
            }
        }
        else
        {
            foreach (string key in words[1..])
                spans.Add(await MeasureAsync(() => proxy.DeleteAsync(key, CancellationToken.None)));
        }
        return [.. spans];
    }

    private static async Task<Span> MeasureAsync(Func<Task> call)
    {
        long begin = Stopwatch.GetTimestamp();
        await call();
        return new Span(begin, Stopwatch.GetTimestamp());
    }

    private static string Text(Span span) => string.Create(CultureInfo.InvariantCulture, $"{span.Begin} {span.End}");
}
