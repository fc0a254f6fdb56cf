using System.Diagnostics;
using System.Globalization;
using Fairlead.Testing;

namespace Fairlead.Integration.Tests.CniProxy;

/// <summary>
/// Attaching and detaching, eight at a time, while the proxy is killed every fifty cycles or so. CHURN_CYCLES sets how many
/// cycles there are, CHURN_SEED repeats a run.
/// </summary>
public sealed class ChurnTests
{
    private const int Workers = 8;
    private const int CyclesPerKill = 50;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private int _cycles;
    private int _retriedAdds;
    private int _retriedDeletes;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AttachAndDetach_WithKillsOfTheProxy_LeavesNothing()
    {
        int wanted = Setting("CHURN_CYCLES", 200);
        int seed = Setting("CHURN_SEED", Environment.TickCount & int.MaxValue);
        long begin = Stopwatch.GetTimestamp();
        await using ProxyNode node = await ProxyNode.StartAsync();
        ProxyClient first = await node.ClientAsync("pod");
        await first.AddAsync("first", "vmi0");
        await first.DeleteAsync("first");
        await first.EndAsync();
        NodeSnapshot before = await NodeSnapshot.CaptureAsync(node.Node);

        Task[] workers = [.. Enumerable.Range(0, Workers).Select(i => WorkAsync(node, i, wanted))];
        int kills = await KillAsync(node, Task.WhenAll(workers), new Random(seed), wanted);

        await node.ReleasedAsync();
        await NodeSnapshot.RestoredAsync(node.Node, before, s_patience);
        TestContext.Current.TestOutputHelper?.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                | cycles | at a time | kills of the proxy | ADDs asked again | DELs asked again | left over | seconds | seed |
                |---|---|---|---|---|---|---|---|
                | {_cycles} | {Workers} | {kills} | {_retriedAdds} | {_retriedDeletes} | 0 | {Stopwatch.GetElapsedTime(
                    begin
                ).TotalSeconds:F0} | {seed} |
                """
            )
        );
        Assert.True(_cycles >= wanted);
    }

    private async Task WorkAsync(ProxyNode node, int worker, int wanted)
    {
        ProxyClient client = await node.ClientAsync("pod");
        while (Volatile.Read(ref _cycles) < wanted)
        {
            Interlocked.Add(ref _retriedAdds, await InsistAsync(client, "add", $"w{worker}", "", $"vmi{worker}", ""));
            Interlocked.Add(ref _retriedDeletes, await InsistAsync(client, "delete", $"w{worker}"));
            Interlocked.Increment(ref _cycles);
        }

        await client.EndAsync();
    }

    /// <summary>Asks until the answer is yes, as the agent's reconciler does. Returns how often it had to ask again.</summary>
    private static async Task<int> InsistAsync(ProxyClient client, params string[] request)
    {
        long begin = Stopwatch.GetTimestamp();
        for (int count = 0; ; count++)
        {
            string answer = await client.AskAsync(request);
            if (answer.StartsWith("ok ", StringComparison.Ordinal))
                return count;
            Assert.True(Stopwatch.GetElapsedTime(begin) < s_patience, answer);
            await Task.Delay(TimeSpan.FromMilliseconds(100), Cancellation);
        }
    }

    /// <summary>Kills and restarts the proxy, fifty cycles after the last time, at some moment of the fiftieth.</summary>
    private async Task<int> KillAsync(ProxyNode node, Task working, Random random, int wanted)
    {
        int kills = 0;
        for (int next = CyclesPerKill; next < wanted; next += CyclesPerKill)
        {
            while (Volatile.Read(ref _cycles) < next && !working.IsCompleted)
                await Task.Delay(TimeSpan.FromMilliseconds(5), Cancellation);
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(100)), Cancellation);
            if (working.IsCompleted)
                break;
            await node.KillProxyAsync();
            await node.StartProxyAsync();
            kills++;
        }

        await working;
        return kills;
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int value)
            ? value
            : otherwise;
}
