using System.Xml.Linq;
using Fairlead.CniProxy.Client;
using Fairlead.CniProxy.V1;
using Fairlead.Libvirt;
using Fairlead.Netlink;
using Microsoft.Extensions.Logging;

namespace Fairlead.Vmi;

/// <summary>What is wanted of one pod-network vNIC.</summary>
/// <param name="Names">Its names.</param>
/// <param name="Network">The CNI network, or null for the default one.</param>
/// <param name="Mac">The manifest's MAC, or null.</param>
/// <param name="Facts">What DHCP tells the guest beside its endpoint.</param>
public sealed record VnicRequest(VnicNames Names, string? Network, MacAddress? Mac, GuestFacts Facts)
{
    /// <summary>Whether the guest may send from other MACs and addresses than its own.</summary>
    public bool MaySpoof { get; init; }

    public DnsChoice Dns { get; init; } = DnsChoice.Silent;

    /// <summary>The manifest's address, or null.</summary>
    public InterfaceAddress? Address { get; init; }

    /// <summary>What the vNIC had before; null when it is new.</summary>
    public VnicIdentity? Kept { get; init; }

    /// <summary>On a cluster: NAMESPACE/NAME of the machine's launcher pod.</summary>
    public string? Launcher { get; init; }
}

/// <summary>
/// Steps 1 to 4 of a vNIC's life (the proposal's "required steps"). Each may be killed at any point and run again: it
/// looks at what is there and does what is missing.
/// </summary>
/// <remarks>
/// <code>
/// 1. record the intent, then ADD through the CNI proxy      pod network --- vmi…
/// 2. read result and kernel, record the endpoint
/// 3. take addresses and MAC off the VMI interface           pod network --- vmi… (bare)
/// 4. firewall, then the libvirt network with its bridge     vbr… (DHCP)
/// 5. make the VMI interface a port of the bridge            pod network --- vmi… --- vbr…
/// </code>
/// The tap, the last piece, is libvirt's when it starts the domain.
/// </remarks>
public sealed partial class VmInterfaceSetup(
    CniProxyConnection proxy,
    RouteSocket route,
    LibvirtSession libvirt,
    AttachmentRecordStore records,
    BridgeFirewall firewall,
    NetworkCatalog networks,
    TimeProvider time,
    ILogger<VmInterfaceSetup> logger
)
{
    /// <summary>Sets one vNIC up, or completes what an earlier run began.</summary>
    /// <returns>The attachment with its endpoint.</returns>
    /// <exception cref="CniProxyException">The proxy or a CNI plugin refused.</exception>
    /// <exception cref="VnicSetupException">The interface is not as it should be.</exception>
    public Task<AttachmentRecord> SetUpAsync(VnicRequest request, CancellationToken cancellationToken) =>
        MeasureAsync(VnicSteps.Attach, request, () => RunStepsAsync(request, cancellationToken));

    private async Task<AttachmentRecord> RunStepsAsync(VnicRequest request, CancellationToken cancellationToken)
    {
        VnicNames names = request.Names;
        StepClock clock = new(time);
        AttachmentRecord record = await records.FindOrBeginAsync(names, cancellationToken);
        record = record with { MaySpoof = request.MaySpoof, Facts = request.Facts, IsParked = false };
        await records.SaveAsync(record);

        Link link;
        // Held until the interface is bare: what CNI put on it may be in the way of the next ADD.
        using (await networks.EnterAsync(request.Network, cancellationToken))
        {
            (record, link) = await AttachAsync(record, request, clock, cancellationToken);
            await MeasureAsync(VnicSteps.Strip, request, () => StripAsync(names, link, cancellationToken));
            clock.Lap("strip");
        }

        string bridge = await MeasureAsync(
            VnicSteps.Network,
            request,
            () =>
            {
                firewall.Apply(records.List);
                clock.Lap("firewall");
                return EnsureNetworkAsync(record, cancellationToken);
            }
        );
        clock.Lap("network");
        await MeasureAsync(VnicSteps.Join, request, () => JoinAsync(names, link.Index, bridge, cancellationToken));
        clock.Lap("bridge");
        record = record with { SetUp = clock.Steps };
        await records.SaveAsync(record);
        return record;
    }

    private async Task<(AttachmentRecord Record, Link Link)> AttachAsync(
        AttachmentRecord record,
        VnicRequest request,
        StepClock clock,
        CancellationToken cancellationToken
    )
    {
        VnicNames names = request.Names;
        record = await AskAsync(record, request, cancellationToken);
        Attachment attachment;
        (record, attachment) = await AddAsync(record, request, cancellationToken);
        clock.Lap("ADD");
        Link link =
            await route.GetLinkAsync(names.VmInterface, cancellationToken)
            ?? throw new VnicSetupException(names, $"CNI made no interface {names.VmInterface} in the libvirt pod");
        if (record.Endpoint is null || record.IsStale)
            record = await MeasureAsync(
                VnicSteps.Read,
                request,
                () => RememberAsync(record, attachment, link, request, cancellationToken)
            );
        clock.Lap("read");
        return (record, link);
    }

    /// <summary>
    /// Decides what to ask for, and records it. An endpoint that is there and is what the manifest wants stays; any other
    /// one is released first.
    /// </summary>
    private async Task<AttachmentRecord> AskAsync(
        AttachmentRecord record,
        VnicRequest request,
        CancellationToken cancellationToken
    )
    {
        VnicNames names = request.Names;
        Link? link = await route.GetLinkAsync(names.VmInterface, cancellationToken);
        bool isUsable =
            link is not null
            && record is { IsStale: false, Asked: { } asked, Endpoint: { } endpoint }
            && EndpointWishes.IsSatisfied(request, asked, endpoint);
        if (isUsable)
            return record;
        VnicIdentity? before = record.Endpoint is { } had
            ? new VnicIdentity(had.Mac, record.Network, had.Addresses)
            : null;
        (EndpointWish wish, string? lost) = EndpointWishes.Of(
            request,
            before,
            await networks.FindAsync(request.Network, cancellationToken)
        );
        // Bare without an endpoint on record: ours is lost, and the interface shows nothing of it any more.
        bool isBare = link?.Alias == names.AttachmentKey;
        if (isBare || record.Endpoint is not null || (record.Asked is not null && record.Asked != wish))
            await proxy.DeleteAsync(names.AttachmentKey, cancellationToken);
        record = record with { Asked = wish, AddressesLost = lost, IsStale = record.Endpoint is not null };
        await records.SaveAsync(record);
        return record;
    }

    /// <summary>ADD. An address of before that the network will not give again is no reason to have none.</summary>
    private async Task<(AttachmentRecord Record, Attachment Attachment)> AddAsync(
        AttachmentRecord record,
        VnicRequest request,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return (record, await AddOnceAsync(record, request, cancellationToken));
        }
        catch (CniProxyException e)
            when (e.Reason == CniProxyReason.PluginFailed
                && request.Address is null
                && record.Asked!.Addresses is { Count: > 0 } addresses
            )
        {
            record = record with
            {
                Asked = record.Asked with { Addresses = [] },
                AddressesLost =
                    $"network {record.Network ?? request.Network ?? "(default)"} did not give {EndpointWishes.Text(addresses)} again: {e.Message}",
            };
            await proxy.DeleteAsync(request.Names.AttachmentKey, cancellationToken);
            await records.SaveAsync(record);
            return (record, await AddOnceAsync(record, request, cancellationToken));
        }
    }

    private async Task<Attachment> AddOnceAsync(
        AttachmentRecord record,
        VnicRequest request,
        CancellationToken cancellationToken
    )
    {
        Attachment? attachment = null;
        return await VnicSteps.MeasureAsync(
            VnicSteps.Add,
            request.Names,
            () => attachment?.Network ?? request.Network, // which the default network is, only the answer says
            async () =>
                attachment = await proxy.AddAsync(
                    new AddRequest
                    {
                        Key = request.Names.AttachmentKey,
                        Network = request.Network ?? "",
                        InterfaceName = request.Names.VmInterface,
                        Options = record.Asked!.ToOptions(),
                        Launcher = request.Launcher ?? "",
                    },
                    cancellationToken
                )
        );
    }

    private async Task JoinAsync(VnicNames names, int ifIndex, string bridge, CancellationToken cancellationToken)
    {
        Link bridgeLink =
            await route.GetLinkAsync(bridge, cancellationToken)
            ?? throw new VnicSetupException(names, $"libvirt made no bridge {bridge}");
        Link? link = await route.GetLinkAsync(ifIndex, cancellationToken);
        if (link is { IsUp: true } && link.MasterIndex == bridgeLink.Index)
            return;
        LinkChange change = new() { MasterIndex = bridgeLink.Index, Up = true };
        await route.SetLinkAsync(ifIndex, change, cancellationToken);
    }

    // The record knows the default network's name, once the proxy has said it.
    private Task<T> MeasureAsync<T>(string step, VnicRequest request, Func<Task<T>> body) =>
        VnicSteps.MeasureAsync(step, request.Names, () => NetworkOf(request), body);

    private Task MeasureAsync(string step, VnicRequest request, Func<Task> body) =>
        VnicSteps.MeasureAsync(step, request.Names, () => NetworkOf(request), body);

    private string? NetworkOf(VnicRequest request) => records.Find(request.Names)?.Network ?? request.Network;

    private async Task<AttachmentRecord> RememberAsync(
        AttachmentRecord record,
        Attachment attachment,
        Link link,
        VnicRequest request,
        CancellationToken cancellationToken
    )
    {
        KernelView kernel = new(
            link.MacAddress ?? throw new VnicSetupException(record.Names, $"{link.Name} has no MAC address"),
            link.MtuBytes,
            await route.ListRoutesAsync(new RouteFilter { IfIndex = link.Index }, cancellationToken)
        );
        VnicEndpoint endpoint = EndpointReader.Read(
            attachment.Result,
            kernel,
            request.Mac ?? record.Endpoint?.Mac ?? request.Kept?.Mac,
            await ResolverConfiguration.ReadAsync(cancellationToken),
            request.Dns
        );
        if (endpoint is { Addresses: not [], DhcpAddress: null })
            throw new VnicSetupException(
                record.Names,
                $"network {attachment.Network} gives IPv6 addresses only ({string.Join(", ", endpoint.Addresses)}), which no guest is told yet; use a network with an IPv4 range too, or one without IPAM"
            );
        record = record with { Network = attachment.Network, Endpoint = endpoint, IsStale = false };
        await records.SaveAsync(record);
        LogEndpoint(
            logger,
            record.Names.Vm.ToString(),
            record.Vnic,
            attachment.Network,
            string.Join(", ", endpoint.Addresses),
            endpoint.Mac.ToString()
        );
        return record;
    }

    /// <summary>The addresses and the first MAC belong to the guest from here on.</summary>
    private async Task StripAsync(VnicNames names, Link link, CancellationToken cancellationToken)
    {
        MacAddress mac = new(names.VmInterfaceMac());
        if (link.MacAddress != mac || link.Alias != names.AttachmentKey)
        {
            // Without an address of its own the interface shall not make one either (IPv6 link-local).
            LinkChange change = new()
            {
                Up = false,
                MacAddress = mac,
                Alias = names.AttachmentKey,
                AddressGenerationMode = AddressGenerationMode.None,
            };
            await route.SetLinkAsync(link.Index, change, cancellationToken);
        }

        await RemoveAddressesAsync(link, cancellationToken);
    }

    internal async Task RemoveAddressesAsync(Link link, CancellationToken cancellationToken)
    {
        foreach (AssignedAddress address in await route.ListAddressesAsync(link.Index, cancellationToken))
        {
            try
            {
                await route.DeleteAddressAsync(address, cancellationToken);
            }
            catch (NetlinkException e) when (e.Errno is Errno.EADDRNOTAVAIL) { } // went with the link's state
        }
    }

    /// <summary>The vNIC's libvirt network; made anew when it is not the one that the record asks for.</summary>
    internal async Task<string> EnsureNetworkAsync(AttachmentRecord record, CancellationToken cancellationToken)
    {
        VnicNames names = record.Names;
        LibvirtConnection connection = await libvirt.GetAsync(cancellationToken);
        XElement wanted = DhcpNetwork.BuildXml(record);
        if (await connection.FindNetworkAsync(names.LibvirtNetwork, cancellationToken) is { } existing)
        {
            bool usable =
                await existing.IsActiveAsync(cancellationToken)
                && DhcpNetwork.IsMadeFrom(wanted, await existing.GetXmlAsync(cancellationToken: cancellationToken))
                && await route.GetLinkAsync(names.Bridge, cancellationToken) is not null;
            if (usable)
                return names.Bridge;
            await IgnoreAbsentAsync(existing.DestroyAsync(cancellationToken));
        }

        // A bridge that has outlived its network would be in the new one's way.
        if (await route.GetLinkAsync(names.Bridge, cancellationToken) is { } leftover)
            await route.DeleteLinkAsync(leftover.Index, cancellationToken);
        await connection.CreateNetworkAsync(wanted.ToString(), cancellationToken: cancellationToken);
        return names.Bridge;
    }

    private static async Task IgnoreAbsentAsync(Task destruction)
    {
        try
        {
            await destruction;
        }
        catch (LibvirtException e) when (e.IsAbsent || e.Code is LibvirtErrorCode.VIR_ERR_OPERATION_INVALID) { }
    }

    [LoggerMessage(
        EventId = 110,
        Level = LogLevel.Information,
        Message = "{Vm}: vNIC {Vnic} has an endpoint of network {Network}: {Addresses}, MAC {Mac}"
    )]
    private static partial void LogEndpoint(
        ILogger logger,
        string vm,
        string vnic,
        string network,
        string addresses,
        string mac
    );
}
