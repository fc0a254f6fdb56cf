using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace Fairlead.VnicBenchmarks;

/// <summary>What it costs the agent to look at everything that is as it should be.</summary>
/// <param name="MillisecondsOfAll">The looks at all domains, added up.</param>
/// <param name="CpuPercent">Of one processor, while nothing but that happened.</param>
internal sealed record PassCost(double MillisecondsOfAll, double CpuPercent)
{
    private const string Metric = "fairlead_reconcile_duration_seconds";
    private const double TicksPerSecond = 100; // USER_HZ

    public static async Task<PassCost> MeasureAsync(TimeSpan duration)
    {
        await Task.Delay(TimeSpan.FromSeconds(6)); // what the last attach set off is over
        (double sum, double count) = await ReadAsync();
        double cpu = CpuSeconds();
        long begin = Stopwatch.GetTimestamp();
        await Task.Delay(duration);
        (double sumAfter, double countAfter) = await ReadAsync();
        double cpuPercent = 100 * (CpuSeconds() - cpu) / Stopwatch.GetElapsedTime(begin).TotalSeconds;
        int domains = Directory
            .GetFiles($"{FairleadEnvironment.StateDirectory}/agent/domain-vnics", "*.json")
            .Select(path =>
                File.ReadLines(path).First(line => line.Contains("\"domainUuid\"", StringComparison.Ordinal))
            )
            .Distinct()
            .Count();
        return new PassCost(1000 * domains * (sumAfter - sum) / (countAfter - count), cpuPercent);
    }

    private static async Task<(double Sum, double Count)> ReadAsync()
    {
        using SocketsHttpHandler handler = new()
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                Socket connection = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await connection.ConnectAsync(
                    new UnixDomainSocketEndPoint($"{FairleadEnvironment.RunDirectory}/agent/http.sock"),
                    cancellationToken
                );
                return new NetworkStream(connection, ownsSocket: true);
            },
        };
        using HttpClient client = new(handler);
        string[] lines = (await client.GetStringAsync(new Uri("http://localhost/metrics"))).Split('\n');
        return (SumOf(lines, $"{Metric}_sum"), SumOf(lines, $"{Metric}_count"));
    }

    private static double SumOf(string[] lines, string series) =>
        lines
            .Where(line => line.StartsWith(series + "{", StringComparison.Ordinal))
            .Sum(line =>
                double.Parse(line[(line.LastIndexOf('}') + 1)..].Trim().Split(' ')[0], CultureInfo.InvariantCulture)
            );

    // proc(5), stat: fields 14 and 15, behind the name, which may have blanks.
    private static double CpuSeconds()
    {
        string pid = File.ReadAllText($"{FairleadEnvironment.RunDirectory}/agent.pid").Split(' ')[0];
        string stat = File.ReadAllText($"/proc/{pid}/stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (
                long.Parse(fields[11], CultureInfo.InvariantCulture)
                + long.Parse(fields[12], CultureInfo.InvariantCulture)
            ) / TicksPerSecond;
    }
}
