using System.Diagnostics;

namespace Fairlead.Benchmarks;

/// <summary>A plain sh that runs something for each line it is sent, and answers with the exit status.</summary>
/// <remarks>The line there and back costs some 0.05 ms; <see cref="MeasureRoundTrip"/> says how much.</remarks>
internal sealed class ShellWorker : IDisposable
{
    private const int RoundTrips = 200;

    private readonly Process _shell;

    public ShellWorker(string script, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        string path = Path.Combine(AppContext.BaseDirectory, script);
        ProcessStartInfo start = new("/bin/sh", [path, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment.Clear();
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;
        _shell = Process.Start(start)!;
        _shell.StandardInput.AutoFlush = true;
    }

    /// <summary>The time from sending the line to having the answer. Blocks: a worker has a thread of its own.</summary>
    public Span Run(string line)
    {
        long begin = Stopwatch.GetTimestamp();
        _shell.StandardInput.Write(line + "\n");
        string? answer = _shell.StandardOutput.ReadLine();
        long end = Stopwatch.GetTimestamp();
        return string.Equals(answer, "0", StringComparison.Ordinal)
            ? new Span(begin, end)
            : throw new InvalidOperationException($"sh: \"{line}\" ended with status {answer ?? "unknown"}");
    }

    /// <summary>The median time of a line for which nothing is run, in milliseconds.</summary>
    public double MeasureRoundTrip()
    {
        List<double> times = [];
        for (int i = 0; i < RoundTrips; i++)
            times.Add(Run($"NOP bridge-{Guid.Empty:N} /run/netns/bench0 eth0").Milliseconds);
        return Statistics.Median(times);
    }

    public void Dispose()
    {
        _shell.StandardInput.Close();
        _shell.WaitForExit();
        _shell.Dispose();
    }
}
