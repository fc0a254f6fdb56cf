using System.Text;

namespace Fairlead.Hosting;

/// <summary>One thing that a daemon needs.</summary>
/// <param name="Name">One word.</param>
/// <param name="FindProblemAsync">Looks now; null when nothing is wrong. What it throws is a problem too.</param>
public sealed record HealthProbe(string Name, Func<CancellationToken, Task<string?>> FindProblemAsync)
{
    /// <summary>True for what a restart of the daemon would cure (/healthz); false for what keeps it from its work (/readyz).</summary>
    public bool IsLiveness { get; init; }
}

/// <summary>What the probes found, as /healthz and /readyz write it: a line each, in the manner of Kubernetes' own.</summary>
internal sealed record HealthReport(bool IsHealthy, string Text)
{
    // Kubelets ask with a timeout; a probe that hangs is a problem, not a silence.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    public static async Task<HealthReport> OfAsync(IEnumerable<HealthProbe> probes, CancellationToken cancellationToken)
    {
        (string Name, string? Problem)[] found = await Task.WhenAll(
            probes.Select(async probe => (probe.Name, await FindProblemAsync(probe, cancellationToken)))
        );
        StringBuilder text = new();
        foreach ((string name, string? problem) in found)
            text.Append(problem is null ? $"[+]{name} ok\n" : $"[-]{name} failed: {problem.ReplaceLineEndings(" ")}\n");
        bool healthy = found.All(f => f.Problem is null);
        return new HealthReport(healthy, text.Append(healthy ? "ok\n" : "not ok\n").ToString());
    }

    private static async Task<string?> FindProblemAsync(HealthProbe probe, CancellationToken cancellationToken)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(s_patience);
        try
        {
            return await probe.FindProblemAsync(patience.Token).WaitAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"no answer within {s_patience.TotalSeconds} s";
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return e.Message;
        }
    }
}
