using Fairlead.Crds;

namespace Fairlead.Agent.Reconciling;

/// <summary>What a guest has answered up to now, and whether that makes it ready, as a kubelet counts it. Pure.</summary>
/// <param name="StartedAt">The run that was asked.</param>
/// <param name="Due">When to ask next.</param>
internal sealed record ProbeRecord(DateTimeOffset? StartedAt, DateTimeOffset Due)
{
    public bool IsReady { get; private init; }

    /// <summary>Why it is not ready.</summary>
    public string Problem { get; private init; } = "has not answered its readiness probe yet";

    private int Successes { get; init; }

    private int Failures { get; init; }

    public static ProbeRecord Begin(ReadinessProbe probe, DateTimeOffset? startedAt, DateTimeOffset now) =>
        new(startedAt, (startedAt ?? now).AddSeconds(probe.InitialDelaySeconds ?? 0));

    /// <param name="probe">How it is asked.</param>
    /// <param name="problem">Null: it has answered.</param>
    /// <param name="now">When.</param>
    public ProbeRecord With(ReadinessProbe probe, string? problem, DateTimeOffset now)
    {
        DateTimeOffset next = now.AddSeconds(probe.PeriodSeconds ?? 10);
        if (problem is null)
        {
            int successes = Successes + 1;
            bool enough = successes >= (probe.SuccessThreshold ?? 1);
            return this with { Due = next, Successes = successes, Failures = 0, IsReady = IsReady || enough };
        }

        int failures = Failures + 1;
        bool tooMany = failures >= (probe.FailureThreshold ?? 3);
        return this with
        {
            Due = next,
            Successes = 0,
            Failures = failures,
            IsReady = IsReady && !tooMany,
            Problem = $"does not answer its readiness probe: {problem}",
        };
    }
}
