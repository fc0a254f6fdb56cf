using System.Xml.Linq;
using Fairlead.CniProxy.Client;
using Fairlead.Libvirt;
using Fairlead.Netlink;

namespace Fairlead.Vmi;

/// <summary>A fault that was seen, and what became of it.</summary>
/// <param name="Fault">What was seen.</param>
/// <param name="Done">What was done about it, as the predicate of a sentence: "was set up again".</param>
/// <param name="Failure">Why it was not done; null when it was.</param>
public sealed record VnicRepair(VnicFault Fault, string Done, Exception? Failure = null)
{
    public override string ToString() =>
        Failure is null ? $"{Fault}: {Done}" : $"{Fault}, and is not repaired: {Failure.Message}";
}

/// <summary>
/// Puts back what somebody took from a vNIC in use, and touches nothing that the guest sees: its MAC, its tap and its
/// lease stay. Frames are lost for as long as the break and its repair take.
/// </summary>
public sealed class VmInterfaceRepair(RouteSocket route, LibvirtSession libvirt, VmInterfaceSetup setup)
{
    /// <summary>Repairs what can be repaired on the node; a missing tap cannot.</summary>
    /// <returns>What was done for each fault that was tried.</returns>
    public async Task<IReadOnlyList<VnicRepair>> RepairAsync(
        VnicRequest request,
        AttachmentRecord record,
        IReadOnlyList<VnicFault> faults,
        CancellationToken cancellationToken
    )
    {
        List<VnicRepair> repairs = [];
        if (faults.FirstOrDefault(f => IsOfEndpoint(f.Kind)) is { } endpointFault)
        {
            repairs.Add(await RemakeAsync(request, record, endpointFault, cancellationToken));
            return repairs; // all of it was set up; what is still wrong the next look sees
        }

        // A bridge is its network's: whatever of the two is gone, both are made anew, once.
        VnicFault? networkFault = faults.FirstOrDefault(f => IsOfNetwork(f.Kind));
        if (networkFault is not null)
            await TryAsync(
                networkFault,
                "network and bridge were made anew",
                () => RecreateNetworkAsync(request, record, cancellationToken)
            );
        foreach (VnicFault fault in faults.Where(f => !IsOfNetwork(f.Kind)))
        {
            if (StepFor(fault.Kind, record, cancellationToken) is var (done, step))
                await TryAsync(fault, done, step);
        }

        return repairs;

        async Task TryAsync(VnicFault fault, string done, Func<Task> step)
        {
            try
            {
                await step();
                repairs.Add(new VnicRepair(fault, done));
            }
            catch (Exception e) when (e is NetlinkException or LibvirtException or VnicSetupException)
            {
                repairs.Add(new VnicRepair(fault, done, e));
            }
        }
    }

    private static bool IsOfEndpoint(VnicFaultKind kind) =>
        kind is VnicFaultKind.VmInterfaceMissing or VnicFaultKind.EndpointUnknown;

    /// <summary>
    /// Asks CNI for the interface anew, with the guest's MAC and, where the network can be asked for them, its addresses.
    /// </summary>
    private async Task<VnicRepair> RemakeAsync(
        VnicRequest request,
        AttachmentRecord record,
        VnicFault fault,
        CancellationToken cancellationToken
    )
    {
        const string done = "was made anew";
        try
        {
            AttachmentRecord remade = await setup.SetUpAsync(request, cancellationToken);
            await RejoinAsync(remade, cancellationToken);
            string now = EndpointWishes.Text(remade.Endpoint!.Addresses);
            string before = EndpointWishes.Text(record.Endpoint?.Addresses ?? []);
            return new VnicRepair(
                fault,
                now == before ? $"{done} with the same address" : $"{done}, with {now} in place of {before}"
            );
        }
        catch (Exception e) when (e is NetlinkException or LibvirtException or VnicSetupException or CniProxyException)
        {
            return new VnicRepair(fault, done, e);
        }
    }

    private static bool IsOfNetwork(VnicFaultKind kind) =>
        kind is VnicFaultKind.NetworkInactive or VnicFaultKind.BridgeMissing;

    private (string Done, Func<Task> Step)? StepFor(
        VnicFaultKind kind,
        AttachmentRecord record,
        CancellationToken cancellationToken
    )
    {
        VnicNames names = record.Names;
        int mtu = record.Endpoint!.MtuBytes;
        LinkChange up = new() { Up = true };
        return kind switch
        {
            VnicFaultKind.VmInterfaceDown => ("was set up", () => SetAsync(names.VmInterface, up)),
            VnicFaultKind.VmInterfaceHasGuestMac => ("was given its own MAC again", SetOwnMacAsync),
            VnicFaultKind.VmInterfaceHasAddress => ("was taken off", RemoveAddressesAsync),
            VnicFaultKind.VmInterfaceMtu => ("was set", () => SetAsync(names.VmInterface, new() { MtuBytes = mtu })),
            VnicFaultKind.VmInterfaceNotOnBridge => ("was put back", () => JoinAsync(names.VmInterface)),
            VnicFaultKind.BridgeDown => ("was set up", () => SetAsync(names.Bridge, up)),
            VnicFaultKind.BridgeMtu => ("was set", () => SetAsync(names.Bridge, new() { MtuBytes = mtu })),
            VnicFaultKind.DhcpServerDead => ("was started", StartDhcpServerAsync),
            VnicFaultKind.TapDown => ("was set up", () => SetAsync(names.Tap, up)),
            VnicFaultKind.TapNotOnBridge => ("was put back", () => JoinAsync(names.Tap)),
            _ => null,
        };

        async Task SetAsync(string name, LinkChange change) =>
            await route.SetLinkAsync(
                (await RequireAsync(name, record, cancellationToken)).Index,
                change,
                cancellationToken
            );

        Task JoinAsync(string name) => JoinBridgeAsync(name, record, cancellationToken);

        async Task SetOwnMacAsync()
        {
            await SetAsync(
                names.VmInterface,
                new() { Up = false, MacAddress = new MacAddress(names.VmInterfaceMac()) }
            );
            await SetAsync(names.VmInterface, up);
        }

        async Task RemoveAddressesAsync()
        {
            Link link = await RequireAsync(names.VmInterface, record, cancellationToken);
            await setup.RemoveAddressesAsync(link, cancellationToken);
        }

        Task StartDhcpServerAsync() => StartDhcpServerOfAsync(names, cancellationToken);
    }

    private async Task RecreateNetworkAsync(
        VnicRequest request,
        AttachmentRecord record,
        CancellationToken cancellationToken
    )
    {
        await setup.EnsureNetworkAsync(record, cancellationToken);
        await RejoinAsync(record, cancellationToken);
    }

    private async Task RejoinAsync(AttachmentRecord record, CancellationToken cancellationToken)
    {
        // libvirt put the tap on the bridge when the domain started, and does not do it again.
        foreach (string port in (string[])[record.Names.VmInterface, record.Names.Tap])
        {
            if (await route.GetLinkAsync(port, cancellationToken) is not null)
                await JoinBridgeAsync(port, record, cancellationToken);
        }
    }

    private async Task JoinBridgeAsync(string name, AttachmentRecord record, CancellationToken cancellationToken)
    {
        Link port = await RequireAsync(name, record, cancellationToken);
        Link bridge = await RequireAsync(record.Names.Bridge, record, cancellationToken);
        LinkChange change = new() { MasterIndex = bridge.Index, Up = true };
        await route.SetLinkAsync(port.Index, change, cancellationToken);
    }

    /// <summary>
    /// Of all that libvirt does to a network only a change makes it look at the DHCP server: the one host is replaced by
    /// itself, and networkRefreshDhcpDaemon (src/network/bridge_driver.c, 9.0) starts a server that does not run.
    /// </summary>
    private async Task StartDhcpServerOfAsync(VnicNames names, CancellationToken cancellationToken)
    {
        LibvirtConnection connection = await libvirt.GetAsync(cancellationToken);
        Network network =
            await connection.FindNetworkAsync(names.LibvirtNetwork, cancellationToken)
            ?? throw new VnicSetupException(names, $"libvirt network {names.LibvirtNetwork} is gone");
        XElement xml = XElement.Parse(await network.GetXmlAsync(cancellationToken: cancellationToken));
        XElement host =
            xml.Elements("ip").Elements("dhcp").Elements("host").FirstOrDefault()
            ?? throw new VnicSetupException(names, $"libvirt network {names.LibvirtNetwork} has lost its DHCP host");
        await network.UpdateAsync(
            NetworkUpdateCommand.Modify,
            NetworkUpdateSection.IpDhcpHost,
            host.ToString(SaveOptions.DisableFormatting),
            NetworkChange.Live,
            cancellationToken: cancellationToken
        );
    }

    private async Task<Link> RequireAsync(string name, AttachmentRecord record, CancellationToken cancellationToken) =>
        await route.GetLinkAsync(name, cancellationToken)
        ?? throw new VnicSetupException(record.Names, $"{name} is gone");
}
