using System.Globalization;
using Fairlead.CniProxy.V1;
using Fairlead.Netlink;
using static Fairlead.Vmi.Diagnosis.Finding;

namespace Fairlead.Vmi.Diagnosis;

/// <summary>
/// Says of each link of a vNIC's chain, from the network to the guest, whether it holds. Pure: it looks at what was seen,
/// and touches nothing.
/// </summary>
internal static partial class ChainFindings
{
    private const string StopAndStart = "`fairlead stop` and `fairlead start` make it anew";

    public static IReadOnlyList<Finding> Of(ChainView view) =>
        [
            ProxyOf(view.Node),
            NetworkOf(view),
            AttachmentOf(view),
            VmInterfaceOf(view),
            BridgeOf(view),
            LibvirtNetworkOf(view),
            DhcpServerOf(view),
            DhcpHostOf(view),
            FirewallOf(view),
            TapOf(view),
            AskedOf(view),
            AnsweredOf(view),
            GuestArpOf(view),
            GuestPingOf(view),
            MacTableOf(view),
            MtuOf(view),
            DuplicateOf(view),
            GatewayOf(view),
            DnsOf(view),
        ];

    /// <summary>Of what all vNICs share.</summary>
    public static IReadOnlyList<Finding> OfNode(NodeView node) =>
        [
            ProxyOf(node),
            .. node.Networks is [] && node.ProxyProblem is null
                ?
                [
                    Broken(
                        Checks.Networks,
                        "the CNI proxy offers no network",
                        "`fairlead cni list` shows what it reads"
                    ),
                ]
                : node.Networks.Select(OfferOf),
            .. node.SkippedFiles.Select(file =>
                Warning(Checks.Networks, $"{file.Path} is not used: {file.Reason}", "mend the file or take it away")
            ),
        ];

    private static Finding OfferOf(NetworkStatus status)
    {
        CniProxy.V1.Network network = status.Network;
        string what = $"{network.Name}{(network.Default ? " (default)" : "")}: {string.Join(", ", network.Plugins)}";
        return status.Ready
            ? Ok(Checks.Networks, what)
            : Broken(Checks.Networks, $"{what}: {status.Reason}", "`fairlead cni validate` looks at the configuration");
    }

    private static Finding ProxyOf(NodeView node) =>
        node.ProxyProblem is { } problem
            ? Broken(Checks.Proxy, problem, "`fairlead up` starts a dead CNI proxy again; see its log")
            : Ok(Checks.Proxy, "answers");

    private static Finding NetworkOf(ChainView view)
    {
        if (view.Node.ProxyProblem is not null)
            return Skipped(Checks.Network, "the CNI proxy does not answer");
        if (view.Record.Network is not { } name)
            return Skipped(Checks.Network, "not known yet: the default one");
        NetworkStatus? status = view.Node.Networks.FirstOrDefault(n => n.Network.Name == name);
        return status switch
        {
            null => Broken(
                Checks.Network,
                $"the CNI proxy offers no network {name} any more",
                "put its configuration back into the CNI configuration directory (`fairlead cni list`)"
            ),
            { Ready: false } => Broken(
                Checks.Network,
                $"{name} is not ready: {status.Reason}",
                "look at the plugin that says so; `fairlead cni status` asks it again"
            ),
            _ => Ok(Checks.Network, $"{name} ({string.Join(", ", status.Network.Plugins)}) is ready"),
        };
    }

    private static Finding AttachmentOf(ChainView view)
    {
        if (view.Node.ProxyProblem is not null)
            return Skipped(Checks.Attachment, "the CNI proxy does not answer");
        if (view.Record.Endpoint is not { } endpoint)
            return Broken(
                Checks.Attachment,
                "no endpoint yet: ADD has not succeeded",
                "`fairlead describe vm` says why"
            );
        Attachment? attachment = view.Node.Attachments.FirstOrDefault(a => a.Key == view.Record.Key);
        if (attachment is null)
            return Broken(
                Checks.Attachment,
                $"the CNI proxy knows no attachment {view.Record.Key}: its address may be given to somebody else",
                StopAndStart
            );
        if (attachment.State != AttachmentState.Attached)
            return Broken(
                Checks.Attachment,
                $"in the CNI proxy's journal it is {StateOf(attachment.State)}: {attachment.Message}",
                StopAndStart
            );
        string[] booked = [.. attachment.Result.Addresses.Select(a => a.Cidr)];
        string[] recorded = [.. endpoint.Addresses.Select(a => a.ToString())];
        return booked.SequenceEqual(recorded)
            ? Ok(Checks.Attachment, $"{TextOf(recorded)}, container ID {attachment.ContainerId}")
            : Broken(
                Checks.Attachment,
                $"the CNI proxy has {TextOf(booked)}, the agent's record {TextOf(recorded)}",
                StopAndStart
            );
    }

    private static Finding VmInterfaceOf(ChainView view)
    {
        VnicNames names = view.Record.Names;
        if (
            FaultOf(
                view,
                Checks.VmInterface,
                VnicFaultKind.VmInterfaceMissing,
                VnicFaultKind.VmInterfaceDown,
                VnicFaultKind.VmInterfaceHasGuestMac,
                VnicFaultKind.VmInterfaceHasAddress
            ) is
            { } fault
        )
            return fault;
        if (view.VmInterface is not { } link)
            return Skipped(Checks.VmInterface, "there is no endpoint");
        if (link.OperationalState is OperationalState.LowerLayerDown or OperationalState.Down)
            return Broken(
                Checks.VmInterface,
                $"{link.Name} has no carrier: its other end is down",
                "set the other end up; it is on the node"
            );
        return link.Alias == names.AttachmentKey
            ? Ok(Checks.VmInterface, $"{link.Name} is up, without an address")
            : Warning(
                Checks.VmInterface,
                $"{link.Name} has lost our mark: it would not be collected if its VM were lost",
                InPod($"ip link set {link.Name} alias {names.AttachmentKey}")
            );
    }

    private static Finding BridgeOf(ChainView view)
    {
        VnicNames names = view.Record.Names;
        if (
            FaultOf(
                view,
                Checks.Bridge,
                VnicFaultKind.BridgeMissing,
                VnicFaultKind.BridgeDown,
                VnicFaultKind.VmInterfaceNotOnBridge
            ) is
            { } fault
        )
            return fault;
        if (view.Bridge is not { } bridge)
            return Skipped(Checks.Bridge, "there is no endpoint");
        string[] strangers =
        [
            .. view
                .Node.Links.Where(port => port.MasterIndex == bridge.Index)
                .Select(port => port.Name)
                .Except([names.VmInterface, names.Tap]),
        ];
        return strangers is []
            ? Ok(Checks.Bridge, $"{bridge.Name} is up, {names.VmInterface} is its port")
            : Warning(
                Checks.Bridge,
                $"{bridge.Name} has ports that are not ours: {TextOf(strangers)}",
                "a vNIC's bridge is its own: take them off it"
            );
    }

    private static Finding FirewallOf(ChainView view)
    {
        VnicNames names = view.Record.Names;
        if (view.Node.FirewallProblem is { } problem)
            return Broken(Checks.Firewall, problem, "is libnftables1 installed, and does the kernel have nf_tables?");
        return view.Node.Firewall.Contains($"\"{names.VmInterface}\"", StringComparison.Ordinal)
            ? Ok(Checks.Firewall, $"table bridge {BridgeFirewall.Table} has the rules of {names.VmInterface}")
            : Broken(
                Checks.Firewall,
                $"table bridge {BridgeFirewall.Table} has no rule for {names.VmInterface}: foreign DHCP servers reach the guest",
                "end the agent, and `fairlead up`: the next one writes it anew"
            );
    }

    private static Finding MtuOf(ChainView view)
    {
        if (view.Record.Endpoint is not { } endpoint)
            return Skipped(Checks.Mtu, "there is no endpoint");
        int told = view.Dhcp.MtuBytes ?? endpoint.MtuBytes;
        (string Name, int Bytes)[] links =
        [
            .. new[] { view.VmInterface, view.Bridge, view.IsRunning ? view.Tap : null }
                .OfType<Link>()
                .Select(link => (link.Name, link.MtuBytes)),
        ];
        string seen = string.Join(", ", links.Select(link => Invariant($"{link.Name} {link.Bytes}")));
        if (links is [])
            return Skipped(Checks.Mtu, "there are no links");
        if (FaultOf(view, Checks.Mtu, VnicFaultKind.VmInterfaceMtu, VnicFaultKind.BridgeMtu) is { } fault)
            return fault;
        int smallest = links.Min(link => link.Bytes);
        return smallest < told
            ? Broken(
                Checks.Mtu,
                Invariant($"the guest believes in {told}, and the way has {smallest} ({seen}): longer packets vanish"),
                InPod(Invariant($"ip link set LINK mtu {told}"))
            )
            : Ok(Checks.Mtu, Invariant($"the guest is told {told}; {seen}"));
    }

    /// <summary>The first fault of these kinds as the finding of a link, or null.</summary>
    private static Finding? FaultOf(ChainView view, string check, params ReadOnlySpan<VnicFaultKind> kinds)
    {
        foreach (VnicFault fault in view.Faults)
        {
            if (kinds.Contains(fault.Kind))
                return Broken(check, fault.ToString(), InPod(fault.Remedy));
        }

        return null;
    }

    private static string InPod(string remedy) => $"by hand, in the libvirt pod: {remedy}";

    private static string StateOf(AttachmentState state) =>
        state switch
        {
            AttachmentState.Adding => "being added",
            AttachmentState.Releasing => "being released",
            _ => "in no known state",
        };

    private static string TextOf(IReadOnlyList<string> texts) => texts is [] ? "no address" : string.Join(", ", texts);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
