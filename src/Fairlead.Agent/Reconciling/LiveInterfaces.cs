using System.Xml.Linq;
using Fairlead.Libvirt;
using Fairlead.Vmi;

namespace Fairlead.Agent.Reconciling;

/// <summary>The interfaces of running domains: plugged in, unplugged, their cables. What is there is read from libvirt.</summary>
internal sealed class LiveInterfaces(LibvirtSession libvirt, TimeProvider time)
{
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(200);

    // The guest has to let the device go; one that is still booting hears nothing yet. Then the next pass asks again.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <summary>The running domain's interfaces by the name of their tap, or null when there is no such domain.</summary>
    public async Task<IReadOnlyDictionary<string, DomainInterfaceXml>?> FindAsync(
        Guid domainUuid,
        CancellationToken cancellationToken
    )
    {
        LibvirtConnection connection = await libvirt.GetAsync(cancellationToken);
        if (await connection.FindDomainAsync(domainUuid, cancellationToken) is not { } domain)
            return null;
        try
        {
            DomainXml xml = DomainXml.Parse(await domain.GetXmlAsync(cancellationToken: cancellationToken));
            return xml
                .Interfaces.Where(nic => nic.TargetDevice is not null)
                .ToDictionary(nic => nic.TargetDevice!, StringComparer.Ordinal);
        }
        catch (LibvirtException e) when (e.IsAbsent)
        {
            return null;
        }
    }

    /// <summary>One interface of the running domain or of its configuration, by the name of its tap.</summary>
    public async Task<DomainInterfaceXml?> FindAsync(
        Domain domain,
        DomainChange part,
        string tap,
        CancellationToken cancellationToken
    )
    {
        DomainXmlFlags flags = part == DomainChange.Config ? DomainXmlFlags.Inactive : DomainXmlFlags.None;
        DomainXml xml = DomainXml.Parse(await domain.GetXmlAsync(flags, cancellationToken));
        return xml.Interfaces.FirstOrDefault(nic => nic.TargetDevice == tap);
    }

    public async Task PlugAsync(
        Guid domainUuid,
        XElement nic,
        DomainChange change,
        CancellationToken cancellationToken
    ) =>
        await (await RequireAsync(domainUuid, cancellationToken)).AttachDeviceAsync(
            nic.ToString(),
            change,
            cancellationToken
        );

    /// <summary>Asks the guest to let the interface go, and waits a little.</summary>
    /// <returns>True when it is gone: libvirt reports success of the asking, so only its absence counts.</returns>
    public async Task<bool> UnplugAsync(Guid domainUuid, DomainInterfaceXml nic, CancellationToken cancellationToken)
    {
        long begin = time.GetTimestamp();
        try
        {
            Domain domain = await RequireAsync(domainUuid, cancellationToken);
            await domain.DetachDeviceAsync(nic.Element.ToString(), DomainChange.Live, cancellationToken);
        }
        catch (LibvirtException e) when (e.IsAbsent) { }
        // It is being asked already, or it refused: both are seen below.
        catch (LibvirtException e) when (e.Code is LibvirtErrorCode.VIR_ERR_OPERATION_FAILED) { }

        while (true)
        {
            IReadOnlyDictionary<string, DomainInterfaceXml>? present = await FindAsync(domainUuid, cancellationToken);
            if (present?.ContainsKey(nic.TargetDevice!) != true)
                return true;
            if (time.GetElapsedTime(begin) > s_patience)
                return false;
            await Task.Delay(s_poll, time, cancellationToken);
        }
    }

    /// <summary>Plugs the cable in or out.</summary>
    public async Task SetLinkAsync(
        Guid domainUuid,
        DomainInterfaceXml nic,
        InterfaceLinkState state,
        CancellationToken cancellationToken
    )
    {
        XElement changed = new(nic.Element);
        changed.Elements("link").Remove();
        changed.Add(new XElement("link", new XAttribute("state", state == InterfaceLinkState.Up ? "up" : "down")));
        Domain domain = await RequireAsync(domainUuid, cancellationToken);
        await domain.UpdateDeviceAsync(changed.ToString(), DomainChange.Live, cancellationToken);
    }

    private async Task<Domain> RequireAsync(Guid domainUuid, CancellationToken cancellationToken)
    {
        LibvirtConnection connection = await libvirt.GetAsync(cancellationToken);
        return await connection.FindDomainAsync(domainUuid, cancellationToken)
            ?? throw new ReconcileException(Reasons.DomainGone, $"the libvirt domain {domainUuid} is gone");
    }
}
