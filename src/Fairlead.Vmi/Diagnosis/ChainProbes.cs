using System.Net;
using System.Net.Sockets;
using Fairlead.Netlink;
using Fairlead.Vmi.Packets;

namespace Fairlead.Vmi.Diagnosis;

/// <summary>
/// Asks the guest from its own segment, and the network in the guest's name. Frames go out on the tap and on the VMI
/// interface directly: neither bridge nor firewall of ours is on the way, so what does not answer is at fault itself.
/// </summary>
internal static class ChainProbes
{
    private const int MostDnsServers = 3; // as many as resolv.conf(5) may have

    // DHCP clients ask again after a few seconds (RFC 2131, 4.1: 4 s at first).
    private static readonly TimeSpan s_listening = TimeSpan.FromSeconds(5);

    /// <param name="view">What was seen up to now.</param>
    public static async Task<ProbeView> AskAsync(ChainView view)
    {
        if (view.Record.Endpoint is not { DhcpAddress: { } address } endpoint)
            return new ProbeView();
        Task<ProbeView> guest =
            Ready(view.Tap) is { } tap && view.IsRunning
                ? OwnThread.RunAsync("probe guest", () => AskGuest(tap, view.Record, endpoint, address.Address))
                : Task.FromResult(new ProbeView());
        Task<bool?> heard =
            Ready(view.Tap) is { } listened && view is { IsRunning: true, Dhcp.Lease: null }
                ? OwnThread.RunAsync("listen", () => HearDhcp(listened, endpoint.Mac))
                : Task.FromResult<bool?>(null);
        Task<ProbeView> network = Ready(view.VmInterface) is { } vmInterface
            ? OwnThread.RunAsync("probe network", () => AskNetwork(vmInterface, endpoint, address))
            : Task.FromResult(new ProbeView());
        ProbeView asked = await network;
        ProbeView answered = await guest;
        return asked with
        {
            Problem = asked.Problem ?? answered.Problem,
            GuestArp = answered.GuestArp,
            GuestPing = answered.GuestPing,
            HeardDhcp = await heard,
        };
    }

    private static Link? Ready(Link? link) => link is { IsUp: true } ? link : null;

    private static ProbeView AskGuest(Link tap, AttachmentRecord record, VnicEndpoint endpoint, IPAddress address) =>
        WithSocket(
            tap,
            socket =>
            {
                SegmentProbe probe = new(socket, new MacAddress(record.Names.VmInterfaceMac()));
                MacAddress? mac = probe.WhoHas(address, IPAddress.Any);
                // In the gateway's name, since the guest has a way back to it; the answer is heard on the tap already.
                bool? pinged =
                    mac is { } station && endpoint.Gateway is { } gateway
                        ? probe.Ping(station, address, gateway)
                        : null;
                return new ProbeView { GuestArp = new Answer(mac), GuestPing = pinged };
            }
        );

    private static ProbeView AskNetwork(Link vmInterface, VnicEndpoint endpoint, InterfaceAddress address) =>
        WithSocket(
            vmInterface,
            socket =>
            {
                SegmentProbe probe = new(socket, endpoint.Mac);
                MacAddress? duplicate = probe.WhoHas(address.Address, IPAddress.Any, tries: 1);
                MacAddress? gateway = endpoint.Gateway is { } router ? probe.WhoHas(router, address.Address) : null;
                return new ProbeView
                {
                    Duplicate = new Answer(duplicate),
                    Gateway = endpoint.Gateway is null ? null : new Answer(gateway),
                    Dns = AskDns(probe, endpoint, address, gateway),
                };
            }
        );

    private static Dictionary<IPAddress, bool> AskDns(
        SegmentProbe probe,
        VnicEndpoint endpoint,
        InterfaceAddress address,
        MacAddress? gateway
    )
    {
        Dictionary<IPAddress, bool> answers = [];
        IEnumerable<IPAddress> servers = endpoint
            .Dns.Servers.Where(server => server.AddressFamily == AddressFamily.InterNetwork)
            .Take(MostDnsServers);
        foreach (IPAddress server in servers)
        {
            bool isNeighbour = address.Network.Contains(server) && address.Network.Contains(endpoint.Gateway ?? server);
            MacAddress? nextHop = isNeighbour ? probe.WhoHas(server, address.Address) : gateway;
            if (nextHop is { } hop)
                answers[server] = probe.AskDns(hop, server, address.Address);
            else if (isNeighbour)
                answers[server] = false;
        }

        return answers;
    }

    private static bool? HearDhcp(Link tap, MacAddress guest)
    {
        try
        {
            using PacketSocket socket = PacketSocket.Open(tap.Index, PacketFilter.ArpAndDhcp);
            long begin = TimeProvider.System.GetTimestamp();
            while (s_listening - TimeProvider.System.GetElapsedTime(begin) is { Ticks: > 0 } left)
            {
                if (
                    socket.Receive(left) is { IsOutgoing: false } heard
                    && DhcpMessage.ReadFrame(heard.Bytes) is { IsReply: false } question
                    && question.ClientMac == guest
                )
                    return true;
            }

            return false;
        }
        catch (IOException)
        {
            return null; // the tap went meanwhile
        }
    }

    private static ProbeView WithSocket(Link link, Func<PacketSocket, ProbeView> ask)
    {
        try
        {
            using PacketSocket socket = PacketSocket.Open(link.Index, PacketFilter.ArpAndIpv4);
            return ask(socket);
        }
        catch (IOException e)
        {
            return new ProbeView { Problem = $"{link.Name}: {e.Message}" };
        }
    }
}
