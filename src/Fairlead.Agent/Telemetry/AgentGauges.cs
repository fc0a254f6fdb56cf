using System.Diagnostics.Metrics;
using Fairlead.Agent.Reconciling;
using Fairlead.Vmi;

namespace Fairlead.Agent.Telemetry;

/// <summary>What there is now: machines by phase, attachments by state, and the queue.</summary>
internal sealed class AgentGauges
{
    public AgentGauges(
        VmStore store,
        AttachmentRecordStore attachments,
        ReconcileQueue queue,
        IMeterFactory meterFactory
    )
    {
        Meter meter = meterFactory.Create(AgentTelemetry.MeterName);
        meter.CreateObservableGauge(
            "fairlead.vmi.phases",
            () => Count(store.List(), vm => [new("phase", vm.Vm.Status?.Phase?.ToString() ?? "Pending")]),
            unit: null,
            "Virtual machines by phase"
        );
        meter.CreateObservableGauge(
            "fairlead.attachments",
            () => Count(attachments.List(), a => [new("network", a.Network ?? "unknown"), new("state", StateOf(a))]),
            unit: null,
            "Attachments by network and state: begun, or with an endpoint"
        );
        meter.CreateObservableGauge(
            "fairlead.reconcile.queue.depth",
            () => queue.Backlog().Waiting,
            unit: null,
            "Virtual machines whose turn has come and that wait for a worker"
        );
        meter.CreateObservableGauge(
            "fairlead.reconcile.queue.late",
            () => queue.Backlog().Late.TotalSeconds,
            "s",
            "How long the one that waits longest has waited"
        );
    }

    private static string StateOf(AttachmentRecord attachment) => attachment.Endpoint is null ? "begun" : "attached";

    private static IEnumerable<Measurement<int>> Count<T>(
        IEnumerable<T> all,
        Func<T, KeyValuePair<string, object?>[]> tags
    ) =>
        all.Select(tags)
            .GroupBy(t => string.Join('\n', t.Select(tag => tag.Value)), StringComparer.Ordinal)
            .Select(group => new Measurement<int>(group.Count(), group.First()));
}
