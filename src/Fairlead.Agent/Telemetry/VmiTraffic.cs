using System.Diagnostics.Metrics;
using Fairlead.Agent.Reconciling;
using Fairlead.Hosting;
using Fairlead.Libvirt;
using Fairlead.Vmi;

namespace Fairlead.Agent.Telemetry;

/// <summary>
/// Traffic of every vNIC as libvirt counts it at the tap, and the leases that its DHCP server has given, fetched at each
/// scrape. The names are KubeVirt's with our prefix.
/// </summary>
internal sealed class VmiTraffic : IScrapeSource
{
    private readonly VmStore _store;
    private readonly AttachmentRecordStore _attachments;
    private readonly LibvirtSession _libvirt;
    private readonly Meter _meter;

    private volatile Sample[] _samples = [];

    public VmiTraffic(
        VmStore store,
        AttachmentRecordStore attachments,
        LibvirtSession libvirt,
        IMeterFactory meterFactory
    )
    {
        (_store, _attachments, _libvirt) = (store, attachments, libvirt);
        _meter = meterFactory.Create(AgentTelemetry.MeterName);
        Counter("receive.bytes", "Bytes that the guest received", s => s.Stats?.ReceivedBytes);
        Counter("receive.packets", "Packets that the guest received", s => s.Stats?.ReceivedPackets);
        Counter("receive.errors", "Errors towards the guest", s => s.Stats?.ReceiveErrors);
        Counter("receive.packets_dropped", "Packets dropped towards the guest", s => s.Stats?.ReceiveDropped);
        Counter("transmit.bytes", "Bytes that the guest sent", s => s.Stats?.SentBytes);
        Counter("transmit.packets", "Packets that the guest sent", s => s.Stats?.SentPackets);
        Counter("transmit.errors", "Errors from the guest", s => s.Stats?.SendErrors);
        Counter("transmit.packets_dropped", "Packets dropped from the guest", s => s.Stats?.SendDropped);
        _meter.CreateObservableGauge(
            "fairlead.dhcp.leases",
            Leases,
            unit: null,
            "vNICs whose DHCP server has given its lease, by network"
        );
    }

    public async Task FetchAsync(CancellationToken cancellationToken)
    {
        try
        {
            LibvirtConnection connection = await _libvirt.GetAsync(cancellationToken);
            List<Sample> samples = [];
            foreach (VmRecord record in _store.List().Where(r => r.Run == RunState.Started))
            {
                foreach (AttachmentRecord attachment in _attachments.OfVm(record.Uid).Values)
                    samples.Add(await SampleAsync(connection, attachment, cancellationToken));
            }

            _samples = [.. samples];
        }
        catch
        {
            _samples = []; // old figures would look like a guest that has gone quiet
            throw;
        }
    }

    private static async Task<Sample> SampleAsync(
        LibvirtConnection connection,
        AttachmentRecord attachment,
        CancellationToken cancellationToken
    )
    {
        InterfaceStats? stats = null;
        int leases = 0;
        try
        {
            if (await connection.FindDomainAsync(Guid.Parse(attachment.VmUid), cancellationToken) is { } domain)
                stats = await domain.GetInterfaceStatsAsync(attachment.Names.Tap, cancellationToken);
            if (await connection.FindNetworkAsync(attachment.Names.LibvirtNetwork, cancellationToken) is { } network)
                leases = (await network.GetDhcpLeasesAsync(cancellationToken)).Count;
        }
        catch (LibvirtException e) when (!e.IsConnectionLost)
        {
            // It ends meanwhile, or does not run yet.
        }

        return new Sample(attachment, stats, leases);
    }

    private void Counter(string name, string description, Func<Sample, long?> value) =>
        _meter.CreateObservableCounter(
            $"fairlead.vmi.network.{name}",
            () =>
                _samples
                    .Where(sample => value(sample) is not null)
                    .Select(sample => new Measurement<long>(value(sample)!.Value, Tags(sample.Attachment))),
            unit: null,
            description
        );

    private IEnumerable<Measurement<int>> Leases() =>
        _samples
            .Where(sample => sample.Attachment.Network is not null)
            .GroupBy(sample => sample.Attachment.Network!, StringComparer.Ordinal)
            .Select(group => new Measurement<int>(
                group.Count(sample => sample.Leases > 0),
                new KeyValuePair<string, object?>("network", group.Key)
            ));

    private static KeyValuePair<string, object?>[] Tags(AttachmentRecord attachment) =>
        [
            new("namespace", attachment.VmNamespace),
            new("name", attachment.VmName),
            new("interface", attachment.Vnic),
            new("network", attachment.Network),
        ];

    private sealed record Sample(AttachmentRecord Attachment, InterfaceStats? Stats, int Leases);
}
