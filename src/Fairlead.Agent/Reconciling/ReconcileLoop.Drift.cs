using Fairlead.Crds;
using Fairlead.Libvirt;
using Fairlead.Netlink;
using Fairlead.Vmi;
using Microsoft.Extensions.Logging;

namespace Fairlead.Agent.Reconciling;

// What somebody changes behind our back asks for a pass at once. The resync finds what tells nobody: a DHCP server that
// died, a firewall that was flushed.
internal sealed partial class ReconcileLoop
{
    // One break, and also each of our own set-ups, is a handful of events: one look afterwards sees them all.
    private static readonly TimeSpan s_driftSettle = TimeSpan.FromMilliseconds(50);

    /// <summary>Follows the links and addresses of the libvirt pod.</summary>
    private async Task WatchLinksAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using RouteMonitor monitor = await RouteMonitor.OpenAsync(
                    groups: RouteGroups.Links | RouteGroups.Addresses,
                    cancellationToken: stoppingToken
                );
                await foreach (RouteEvent happened in monitor.ReadAllAsync(stoppingToken))
                    await OnRouteEventAsync(happened, stoppingToken);
            }
            catch (NetlinkException e)
            {
                LogLinksLost(logger, e.Message);
            }

            await Task.Delay(s_reconnect, time, stoppingToken);
        }
    }

    private async Task OnRouteEventAsync(RouteEvent happened, CancellationToken stoppingToken)
    {
        switch (happened)
        {
            case LinkEvent link:
                LookAgain(attachments.FindByLink(link.Link.Name));
                break;
            case AddressEvent address:
                // Addresses name their link by number only; that of a link that is gone matters to nobody.
                Link? holder = await route.GetLinkAsync(address.Address.IfIndex, stoppingToken);
                LookAgain(holder is null ? null : attachments.FindByLink(holder.Name));
                break;
            case ResyncEvent:
                foreach (VmRecord record in store.List())
                    LookAgain(record.Key);
                break;
        }
    }

    /// <summary>Follows libvirt's network events, through every restart of libvirtd.</summary>
    private async Task WatchNetworksAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                LibvirtConnection connection = await libvirt.GetAsync(stoppingToken);
                await foreach (NetworkLifecycleEvent happened in connection.WatchNetworkEventsAsync(stoppingToken))
                {
                    if (happened.Kind == NetworkLifecycle.Stopped)
                        LookAgain(VnicNames.VmOfNetwork(happened.Network.Name));
                }
            }
            catch (LibvirtException) { } // the other watch says so

            await Task.Delay(s_reconnect, time, stoppingToken);
        }
    }

    private void LookAgain(AttachmentRecord? attachment) => LookAgain(attachment?.Names.Vm);

    private void LookAgain(VirtualMachineKey? key)
    {
        // The events of a set-up that fails are its own: they must not cut its backoff short.
        if (key is { } known && !IsWaiting(known))
            queue.Enqueue(known, s_driftSettle);
    }

    [LoggerMessage(EventId = 234, Level = LogLevel.Warning, Message = "no news of links: {Message}")]
    private static partial void LogLinksLost(ILogger logger, string message);
}
