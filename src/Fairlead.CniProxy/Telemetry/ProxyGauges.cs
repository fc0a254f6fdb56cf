using System.Diagnostics.Metrics;
using Fairlead.CniProxy.Journal;

namespace Fairlead.CniProxy.Telemetry;

/// <summary>The attachments that the journal has now.</summary>
internal sealed class ProxyGauges
{
    public ProxyGauges(AttachmentJournal journal, IMeterFactory meterFactory) =>
        meterFactory
            .Create(CniActions.SourceName)
            .CreateObservableGauge(
                "fairlead.cni.attachments",
                () =>
                    journal
                        .List()
                        .GroupBy(record => (record.Network, record.State))
                        .Select(group => new Measurement<int>(
                            group.Count(),
                            new KeyValuePair<string, object?>("network", group.Key.Network),
                            new KeyValuePair<string, object?>("state", group.Key.State.ToString().ToLowerInvariant())
                        )),
                unit: null,
                "Attachments on record, by network and state"
            );
}
