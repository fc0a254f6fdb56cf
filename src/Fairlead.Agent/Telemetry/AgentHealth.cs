using Fairlead.Agent.Api;
using Fairlead.Agent.Reconciling;
using Fairlead.Agent.V1;
using Fairlead.Hosting;

namespace Fairlead.Agent.Telemetry;

/// <summary>What keeps the agent from its work (readiness), and what a restart would cure (liveness).</summary>
internal static class AgentHealth
{
    // Longer than any pass but one that waits out a guest's grace period, of which there are seldom as many as workers.
    private static readonly TimeSpan s_stuck = TimeSpan.FromMinutes(15);

    /// <summary>libvirt and the CNI proxy: without them no machine gets its network or starts.</summary>
    public static HealthProbe Parts(AgentStatus status) =>
        new(
            "parts",
            async cancellationToken =>
            {
                StatusResponse parts = await status.GetAsync(cancellationToken);
                string[] problems = [.. parts.Components.Where(c => !c.Ready).Select(c => $"{c.Name}: {c.Message}")];
                return problems is [] ? null : string.Join("; ", problems);
            }
        );

    /// <summary>A machine that nobody has taken up for so long: every worker hangs.</summary>
    public static HealthProbe Workers(ReconcileQueue queue) =>
        new(
            "workers",
            _ =>
            {
                TimeSpan late = queue.Backlog().Late;
                return Task.FromResult(
                    late < s_stuck ? null : $"a virtual machine has waited for {late.TotalSeconds:F0} s for its turn"
                );
            }
        )
        {
            IsLiveness = true,
        };
}
