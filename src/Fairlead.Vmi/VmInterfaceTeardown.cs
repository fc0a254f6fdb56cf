using System.Xml.Linq;
using Fairlead.CniProxy.Client;
using Fairlead.Libvirt;
using Fairlead.Netlink;
using Microsoft.Extensions.Logging;

namespace Fairlead.Vmi;

/// <summary>
/// Gives a vNIC back, wherever its set-up had come to: the libvirt network, the attachment (and with it the VMI
/// interface and the address), the firewall's rules, the record. Absent is success; every step runs; the record goes
/// last and only when all of them succeeded.
/// </summary>
public sealed partial class VmInterfaceTeardown(
    CniProxyConnection proxy,
    RouteSocket route,
    LibvirtSession libvirt,
    AttachmentRecordStore records,
    BridgeFirewall firewall,
    ILogger<VmInterfaceTeardown> logger
)
{
    /// <exception cref="VnicTeardownException">Some step failed; the others were done.</exception>
    public Task TearDownAsync(VnicNames names, CancellationToken cancellationToken)
    {
        string? network = records.Find(names)?.Network;
        return VnicSteps.MeasureAsync(
            VnicSteps.Release,
            names,
            () => network,
            () => RunStepsAsync(names, cancellationToken)
        );
    }

    /// <summary>
    /// Keeps the endpoint for a VM that does not run: its VMI interface stays, bare and down, and everything else of the
    /// vNIC goes. Set-up takes it up again.
    /// </summary>
    /// <exception cref="VnicTeardownException">Some step failed.</exception>
    public async Task ParkAsync(AttachmentRecord attachment, CancellationToken cancellationToken)
    {
        VnicNames names = attachment.Names;
        try
        {
            if (await route.GetLinkAsync(names.VmInterface, cancellationToken) is { IsUp: true } link)
                await route.SetLinkAsync(link.Index, new LinkChange { Up = false }, cancellationToken);
            await DestroyNetworkAsync(names, cancellationToken);
            if (!attachment.IsParked)
                await records.SaveAsync(attachment with { IsParked = true });
        }
        catch (Exception e) when (e is LibvirtException or NetlinkException or IOException)
        {
            throw new VnicTeardownException(names, [e]);
        }
    }

    private async Task RunStepsAsync(VnicNames names, CancellationToken cancellationToken)
    {
        List<Exception> failures = [];
        await TryAsync(() => DestroyNetworkAsync(names, cancellationToken));
        await TryAsync(() => ReleaseAsync(names, cancellationToken));
        if (failures is not [])
            throw new VnicTeardownException(names, failures);
        records.Remove(names);
        firewall.Apply(records.List);
        LogReleased(logger, names.Vm.ToString(), names.Vnic);

        async Task TryAsync(Func<Task> step)
        {
            try
            {
                await step();
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                failures.Add(e);
            }
        }
    }

    private async Task DestroyNetworkAsync(VnicNames names, CancellationToken cancellationToken)
    {
        LibvirtConnection connection = await libvirt.GetAsync(cancellationToken);
        if (await connection.FindNetworkAsync(names.LibvirtNetwork, cancellationToken) is { } network)
        {
            try
            {
                // Named after the machine, it may be a later one's of the same name: the mark tells.
                string xml = await network.GetXmlAsync(cancellationToken: cancellationToken);
                if (DhcpNetwork.MarkOf(XElement.Parse(xml))?.Attribute("key")?.Value != names.AttachmentKey)
                    return;
                await network.DestroyAsync(cancellationToken);
            }
            catch (LibvirtException e) when (e.IsAbsent) { } // somebody was faster
        }

        LibvirtNetworkFiles.Remove(names.LibvirtNetwork);
    }

    // The link goes after DEL only: without it, and its addresses, plugins do not find what they have made for it on the
    // node (bridge and ptp 1.1.1: the masquerading rules of ipMasq).
    private async Task ReleaseAsync(VnicNames names, CancellationToken cancellationToken)
    {
        await proxy.DeleteAsync(names.AttachmentKey, cancellationToken);
        await DeleteLeftoverLinkAsync(names, cancellationToken);
    }

    // DEL removes the interface; a plugin that leaves it must not block the next attachment of that name.
    private async Task DeleteLeftoverLinkAsync(VnicNames names, CancellationToken cancellationToken)
    {
        if (await route.GetLinkAsync(names.VmInterface, cancellationToken) is not { } link)
            return;
        try
        {
            await route.DeleteLinkAsync(link.Index, cancellationToken);
        }
        catch (NetlinkException e) when (e.Errno is Errno.ENODEV) { } // went meanwhile
    }

    [LoggerMessage(EventId = 120, Level = LogLevel.Information, Message = "{Vm}: vNIC {Vnic} is released")]
    private static partial void LogReleased(ILogger logger, string vm, string vnic);
}
