using Fairlead.Crds;
using Fairlead.Libvirt;
using Fairlead.Vmi;

namespace Fairlead.Agent.Reconciling;

// Changed vNICs of a running machine.
internal sealed partial class Reconciler
{
    /// <summary>Plugs in what the manifest has more than the domain, unplugs what it has less, and sees to the cables.</summary>
    private async Task ApplyVnicsAsync(VmRecord record, VirtualMachine vm, CancellationToken cancellationToken)
    {
        DomainInterface[] wanted =
        [
            .. vm.Spec.Domain.Devices.Interfaces.Where(nic => nic.Type == InterfaceTypes.PodNetwork),
        ];
        AttachmentRecord[] unwanted =
        [
            .. vnics.Find(record.Uid).Values.Where(a => wanted.All(nic => nic.Name != a.Vnic)),
        ];
        if (wanted is [] && unwanted is [])
            return;
        Guid domain = Guid.Parse(record.Uid);
        if (await interfaces.FindAsync(domain, cancellationToken) is not { } present)
            return; // it has just ended: the next pass
        foreach (AttachmentRecord attachment in unwanted)
            await UnplugAsync(record, attachment, present.GetValueOrDefault(attachment.Names.Tap), cancellationToken);
        foreach (DomainInterface nic in wanted)
        {
            VnicNames names = new(record.Uid, record.Key, nic.Name!);
            if (!present.TryGetValue(names.Tap, out DomainInterfaceXml? plugged))
                await PlugAsync(record, vm, nic, cancellationToken);
            else
                await ApplyLinkAsync(record, nic, plugged, cancellationToken);
        }
    }

    private async Task PlugAsync(
        VmRecord record,
        VirtualMachine vm,
        DomainInterface nic,
        CancellationToken cancellationToken
    )
    {
        AttachmentRecord attachment = await vnics.SetUpOneAsync(vm, nic.Name!, record.Identities, cancellationToken);
        try
        {
            await interfaces.PlugAsync(
                Guid.Parse(record.Uid),
                DomainXmlBuilder.BuildInterface(nic, new PreparedVnic(attachment.Names, attachment.Endpoint!)),
                DomainChange.Live,
                cancellationToken
            );
        }
        catch (LibvirtException e) when (!e.IsConnectionLost)
        {
            // No endpoint is held for a vNIC that the guest does not have.
            await vnics.TearDownOneAsync(attachment, cancellationToken);
            throw new ReconcileException(
                Reasons.AttachFailed,
                $"vNIC {nic.Name} cannot be plugged into the running VM: {e.Message}; stop and start the VM to have it",
                e
            );
        }

        events.Normal(
            record.Key,
            Reasons.VnicPlugged,
            $"vNIC {nic.Name}: plugged in, {string.Join(", ", attachment.Endpoint!.Addresses)} of network {attachment.Network}, MAC {attachment.Endpoint.Mac}"
        );
    }

    private async Task UnplugAsync(
        VmRecord record,
        AttachmentRecord attachment,
        DomainInterfaceXml? plugged,
        CancellationToken cancellationToken
    )
    {
        if (plugged is not null && !await interfaces.UnplugAsync(Guid.Parse(record.Uid), plugged, cancellationToken))
        {
            events.Warning(
                record.Key,
                Reasons.UnplugPending,
                $"vNIC {attachment.Vnic}: the guest was asked to let it go and has not done so yet; it is asked again"
            );
            return;
        }

        await vnics.TearDownOneAsync(attachment, cancellationToken);
        events.Normal(record.Key, Reasons.VnicUnplugged, $"vNIC {attachment.Vnic}: unplugged and released");
    }

    private async Task ApplyLinkAsync(
        VmRecord record,
        DomainInterface nic,
        DomainInterfaceXml plugged,
        CancellationToken cancellationToken
    )
    {
        InterfaceLinkState state = nic.Link?.State == "down" ? InterfaceLinkState.Down : InterfaceLinkState.Up;
        if (plugged.LinkState == state)
            return;
        await interfaces.SetLinkAsync(Guid.Parse(record.Uid), plugged, state, cancellationToken);
        string word = state == InterfaceLinkState.Up ? "up" : "down";
        events.Normal(record.Key, Reasons.LinkChanged, $"vNIC {nic.Name}: its link was set {word}");
    }
}
