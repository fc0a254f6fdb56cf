using System.Net;
using Fairlead.Netlink;
using static Fairlead.Vmi.Diagnosis.Finding;

namespace Fairlead.Vmi.Diagnosis;

// From the DHCP server to the guest, and from there into the network.
internal static partial class ChainFindings
{
    private const string NotRunning = "the domain does not run";
    private const string NoIpam = "the network gives no IPv4 address: layer 2 only";
    private const string LookAtConsole = "look at its console (`fairlead console`)";

    private static Finding LibvirtNetworkOf(ChainView view) =>
        view.Dhcp.LibvirtProblem is { } problem
            ? Broken(Checks.LibvirtNetwork, problem, "`fairlead up` starts a dead libvirtd again; see its log")
            : FaultOf(view, Checks.LibvirtNetwork, VnicFaultKind.NetworkInactive)
                ?? Ok(Checks.LibvirtNetwork, $"{view.Record.Names.LibvirtNetwork} is active");

    private static Finding DhcpServerOf(ChainView view) =>
        view.Record.Endpoint?.DhcpAddress is null ? Skipped(Checks.DhcpServer, NoIpam)
        : !view.Dhcp.FilesAreVisible ? Skipped(Checks.DhcpServer, "libvirt's files cannot be seen from the agent")
        : view.Dhcp.ProcessId is { } process ? Ok(Checks.DhcpServer, Invariant($"dnsmasq runs (process {process})"))
        : FaultOf(view, Checks.DhcpServer, VnicFaultKind.DhcpServerDead)
            ?? Skipped(Checks.DhcpServer, "the libvirt network is not active");

    private static Finding DhcpHostOf(ChainView view)
    {
        if (view.Record.Endpoint is not { DhcpAddress: { } address } endpoint)
            return Skipped(Checks.DhcpHost, NoIpam);
        if (!view.Dhcp.FilesAreVisible || !view.Dhcp.IsActive)
            return Skipped(
                Checks.DhcpHost,
                view.Dhcp.IsActive
                    ? "libvirt's files cannot be seen from the agent"
                    : "the libvirt network is not active"
            );
        return view.Dhcp.HasHost
            ? Ok(Checks.DhcpHost, $"{endpoint.Mac} gets {address.Address}")
            : Broken(
                Checks.DhcpHost,
                $"dnsmasq's host file does not give {address.Address} to {endpoint.Mac}",
                $"somebody has changed libvirt's network: {StopAndStart}"
            );
    }

    private static Finding TapOf(ChainView view)
    {
        if (!view.IsRunning)
            return Skipped(Checks.Tap, NotRunning);
        if (
            FaultOf(view, Checks.Tap, VnicFaultKind.TapMissing, VnicFaultKind.TapDown, VnicFaultKind.TapNotOnBridge) is
            { } fault
        )
            return fault;
        return view.Tap is not { } tap ? Skipped(Checks.Tap, "there is no endpoint")
            : tap.OperationalState is OperationalState.Down or OperationalState.LowerLayerDown
                ? Warning(
                    Checks.Tap,
                    $"{tap.Name} has no carrier: the vNIC's cable is unplugged",
                    "set link.state of the interface to up in the manifest"
                )
            : Ok(Checks.Tap, $"{tap.Name} is up, a port of {view.Record.Names.Bridge}");
    }

    private static Finding AskedOf(ChainView view)
    {
        if (view.Record.Endpoint?.DhcpAddress is not { } address)
            return Skipped(Checks.Asked, NoIpam);
        if (!view.IsRunning || view.Tap is not { } tap)
            return Skipped(Checks.Asked, view.IsRunning ? "there is no tap" : NotRunning);
        if (view.Dhcp.Lease is { } lease)
            return Ok(
                Checks.Asked,
                lease.Hostname is { } name ? $"the guest has asked, as {name}" : "the guest has asked"
            );
        if (view.Probes.HeardDhcp == true)
            return Ok(Checks.Asked, "the guest asks for an address right now");
        if (view.Probes.GuestArp is { Mac: not null })
            return Warning(
                Checks.Asked,
                $"the guest has {address.Address} and has not asked for it",
                "an address that is set in the guest is not followed when the VM's address changes; use DHCP"
            );
        return tap.Statistics is { ReceivedPackets: 0 }
            ? Broken(
                Checks.Asked,
                "the guest has sent no frame at all",
                $"{LookAtConsole}: has it booted, and has it a driver for the model of its vNIC?"
            )
            : Broken(
                Checks.Asked,
                "the guest sends frames, and has not asked for an address",
                $"{LookAtConsole}: is a DHCP client running on this vNIC?"
            );
    }

    private static Finding AnsweredOf(ChainView view)
    {
        if (view.Record.Endpoint?.DhcpAddress is not { } address)
            return Skipped(Checks.Answered, NoIpam);
        if (!view.IsRunning)
            return Skipped(Checks.Answered, NotRunning);
        if (view.Dhcp.Lease is not { } lease)
            return view.Probes.HeardDhcp == true
                ? Broken(
                    Checks.Answered,
                    "the guest asks and has no lease",
                    "the DHCP server is above; `fairlead trace vm` shows questions and answers as they come"
                )
                : Skipped(Checks.Answered, "there is no lease, and no question was heard");
        return lease.Address.Equals(address.Address)
            ? Ok(Checks.Answered, $"{lease.Address} is leased {(lease.Expires is null ? "for ever" : "for a time")}")
            : Broken(
                Checks.Answered,
                $"{lease.Address} is leased, the endpoint's address is {address.Address}",
                "restart the guest's network: it then asks again"
            );
    }

    private static Finding GuestArpOf(ChainView view)
    {
        if (NobodyToAsk(view, view.Probes.GuestArp) is { } why)
            return Skipped(Checks.GuestArp, why);
        VnicEndpoint endpoint = view.Record.Endpoint!;
        IPAddress address = endpoint.DhcpAddress!.Value.Address;
        return view.Probes.GuestArp!.Mac switch
        {
            null => Broken(
                Checks.GuestArp,
                $"nobody in the guest answers for {address}",
                $"{LookAtConsole}: `ip address`; has it taken the address that it was given?"
            ),
            { } mac when mac == endpoint.Mac => Ok(Checks.GuestArp, $"{address} is at {mac}"),
            { } other => Broken(
                Checks.GuestArp,
                $"{address} is at {other} in the guest, not at {endpoint.Mac}",
                "the guest has changed its MAC; the network knows the old one: set it back"
            ),
        };
    }

    private static Finding GuestPingOf(ChainView view) =>
        view.Probes.GuestPing switch
        {
            true => Ok(Checks.GuestPing, "the guest answers a ping"),
            false => Warning(
                Checks.GuestPing,
                "the guest answers ARP and no ping",
                "a firewall in the guest, or no route back; nothing that the node does stops pings"
            ),
            null => Skipped(
                Checks.GuestPing,
                NobodyToAsk(view, view.Probes.GuestArp)
                    ?? (
                        view.Probes.GuestArp!.Mac is null
                            ? "the guest does not answer ARP"
                            : "the network has no gateway to ask in the name of"
                    )
            ),
        };

    private static Finding MacTableOf(ChainView view)
    {
        if (!view.IsRunning || view.Bridge is null || view.Record.Endpoint is not { } endpoint)
            return Skipped(Checks.MacTable, view.IsRunning ? "there is no bridge" : NotRunning);
        ForwardingEntry[] entries = [.. view.MacTable.Where(entry => entry.MacAddress == endpoint.Mac)];
        if (entries.FirstOrDefault(entry => entry.PortIndex == view.VmInterface?.Index) is { } onNetwork)
            return Broken(
                Checks.MacTable,
                $"{endpoint.Mac} is seen behind {view.VmInterface!.Name}: {(onNetwork.IsLocal ? "it is that link's own" : "a loop, or somebody else has it")}",
                "find the other one that has this MAC on the network; each vNIC needs its own"
            );
        return entries.Any(entry => entry.PortIndex == view.Tap?.Index)
            ? Ok(Checks.MacTable, $"{endpoint.Mac} is behind {view.Record.Names.Tap}")
            : Warning(
                Checks.MacTable,
                $"{endpoint.Mac} is not in the bridge's table: the guest has sent nothing for a while",
                $"nothing, if the guest is idle; else {LookAtConsole}"
            );
    }

    private static Finding DuplicateOf(ChainView view)
    {
        if (NobodyToAsk(view, view.Probes.Duplicate) is { } why)
            return Skipped(Checks.Duplicate, why);
        IPAddress address = view.Record.Endpoint!.DhcpAddress!.Value.Address;
        return view.Probes.Duplicate!.Mac is { } mac
            ? Broken(
                Checks.Duplicate,
                $"somebody else on the network has {address}: {mac}",
                "find who has taken it without the network's IPAM; then restart the guest's network"
            )
            : Ok(Checks.Duplicate, $"nobody else on the network has {address}");
    }

    private static Finding GatewayOf(ChainView view)
    {
        if (view.Record.Endpoint is { Gateway: null })
            return Skipped(Checks.Gateway, "the network names none");
        if (NobodyToAsk(view, view.Probes.Gateway) is { } why)
            return Skipped(Checks.Gateway, why);
        IPAddress gateway = view.Record.Endpoint!.Gateway!;
        return view.Probes.Gateway!.Mac is { } mac
            ? Ok(Checks.Gateway, $"{gateway} is at {mac}")
            : Broken(
                Checks.Gateway,
                $"{gateway} does not answer: the guest gets no further than its own network",
                "look at the node's side: is the network's bridge there, up, and has it that address?"
            );
    }

    private static Finding DnsOf(ChainView view)
    {
        if (view.Record.Endpoint is not { } endpoint || endpoint.Dns.Servers is [])
            return Skipped(Checks.Dns, "the guest is told no server");
        if (view.Probes.Dns.Count == 0)
            return Skipped(Checks.Dns, view.Probes.Problem ?? "no server can be reached without the gateway");
        string[] silent = [.. view.Probes.Dns.Where(server => !server.Value).Select(server => server.Key.ToString())];
        return silent is []
            ? Ok(Checks.Dns, $"{string.Join(", ", view.Probes.Dns.Keys)} answers in the guest's place")
            : Warning(
                Checks.Dns,
                $"no answer from {string.Join(", ", silent)}",
                "names do not resolve there; addresses do. Is the server up, and may this network reach it?"
            );
    }

    private static string? NobodyToAsk(ChainView view, Answer? answer) =>
        view.Record.Endpoint?.DhcpAddress is null ? NoIpam
        : answer is not null ? null
        : !view.IsRunning ? NotRunning
        : view.Probes.Problem ?? "the way there is broken above";
}
