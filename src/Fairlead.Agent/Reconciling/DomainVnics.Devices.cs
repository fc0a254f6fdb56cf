using System.Xml.Linq;
using Fairlead.Crds;
using Fairlead.Libvirt;
using Fairlead.Vmi;

namespace Fairlead.Agent.Reconciling;

// The device in the domain: in its configuration if it has one, and in the running machine if it runs.
internal sealed partial class DomainVnics
{
    private async Task PlugAsync(
        DomainVnicRecord record,
        AttachmentRecord attachment,
        Domain domain,
        bool runs,
        CancellationToken cancellationToken
    )
    {
        DomainInterface nic = new()
        {
            Name = record.Vnic,
            Type = InterfaceTypes.PodNetwork,
            Model = new InterfaceModel { Type = InterfaceModels.Virtio },
            Link = new InterfaceLink { State = "up" },
        };
        XElement xml = DomainXmlBuilder.BuildInterface(nic, new PreparedVnic(attachment.Names, attachment.Endpoint!));
        foreach (DomainChange change in await PartsOfAsync(domain, runs, cancellationToken))
        {
            if (await interfaces.FindAsync(domain, change, attachment.Names.Tap, cancellationToken) is null)
                await domain.AttachDeviceAsync(xml.ToString(), change, cancellationToken);
        }
    }

    private async Task<bool> DetachAsync(DomainVnicRecord record, Domain domain, CancellationToken cancellationToken)
    {
        string tap = NamesOf(record).Tap;
        bool runs = await domain.IsActiveAsync(cancellationToken);
        foreach (DomainChange change in await PartsOfAsync(domain, runs, cancellationToken))
        {
            if (await interfaces.FindAsync(domain, change, tap, cancellationToken) is not { } nic)
                continue;
            if (change == DomainChange.Config)
                await domain.DetachDeviceAsync(nic.Element.ToString(), change, cancellationToken);
            else if (!await interfaces.UnplugAsync(domain.Uuid, nic, cancellationToken))
                return false;
        }

        await ReleaseAsync(record, "it is detached", cancellationToken);
        return true;
    }

    private static async Task<IReadOnlyList<DomainChange>> PartsOfAsync(
        Domain domain,
        bool runs,
        CancellationToken cancellationToken
    )
    {
        List<DomainChange> parts = [];
        if (await domain.IsPersistentAsync(cancellationToken))
            parts.Add(DomainChange.Config);
        if (runs)
            parts.Add(DomainChange.Live);
        return parts;
    }
}
