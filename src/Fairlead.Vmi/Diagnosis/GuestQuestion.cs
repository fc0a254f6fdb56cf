using System.Net;
using Fairlead.Netlink;
using Fairlead.Vmi.Packets;

namespace Fairlead.Vmi.Diagnosis;

/// <summary>Asks a guest on its own segment whether it is there.</summary>
public sealed class GuestQuestion(RouteSocket route)
{
    /// <summary>ARP and, where the network has a gateway in whose name it can be asked, ping.</summary>
    /// <returns>Null when it has answered, else why not.</returns>
    public async Task<string?> AskAsync(
        AttachmentRecord attachment,
        TimeSpan limit,
        CancellationToken cancellationToken
    )
    {
        if (attachment.Endpoint is not { DhcpAddress.Address: { } address } endpoint)
            return "its network has no IPv4 address to be asked at";
        if (await route.GetLinkAsync(attachment.Names.Tap, cancellationToken) is not { IsUp: true } tap)
            return $"{attachment.Names.Tap} is not up";
        MacAddress own = new(attachment.Names.VmInterfaceMac());
        int tries = Math.Max(1, (int)limit.TotalSeconds);
        return await OwnThread.RunAsync("ask guest", () => Ask(tap, own, address, endpoint.Gateway, tries));
    }

    private static string? Ask(Link tap, MacAddress own, IPAddress address, IPAddress? gateway, int tries)
    {
        try
        {
            using PacketSocket socket = PacketSocket.Open(tap.Index, PacketFilter.ArpAndIpv4);
            SegmentProbe probe = new(socket, own);
            if (probe.WhoHas(address, IPAddress.Any, tries) is not { } station)
                return $"{address} does not answer ARP";
            return gateway is null || probe.Ping(station, address, gateway) ? null : $"{address} does not answer ping";
        }
        catch (IOException e)
        {
            return $"{tap.Name}: {e.Message}";
        }
    }
}
