using Fairlead.CniProxy.Client;
using Fairlead.CniProxy.V1;
using Fairlead.Libvirt;
using Fairlead.Netlink;

namespace Fairlead.Vmi.Diagnosis;

/// <summary>What a look came to.</summary>
/// <param name="Node">Of what all vNICs share.</param>
/// <param name="Vnics">As they were given.</param>
public sealed record ChainDiagnosis(IReadOnlyList<Finding> Node, IReadOnlyList<VnicDiagnosis> Vnics);

/// <summary>What the look at one vNIC came to, in the order of the chain.</summary>
public sealed record VnicDiagnosis(string VmUid, string Vnic, IReadOnlyList<Finding> Findings);

/// <summary>Looks at vNICs link by link, from the network to the guest. It changes nothing; it does send questions.</summary>
public sealed class ChainReader(CniProxyConnection proxy, RouteSocket route, LibvirtSession libvirt)
{
    // A vNIC takes up to three threads, which wait for answers.
    private const int AtOnce = 16;

    /// <summary>Looks at what all vNICs share, and then at these, several at once.</summary>
    /// <param name="vnics">Their records, and whether their domains run.</param>
    public async Task<ChainDiagnosis> DiagnoseAsync(
        IReadOnlyList<(AttachmentRecord Record, bool IsRunning)> vnics,
        CancellationToken cancellationToken
    )
    {
        NodeView node = await ReadNodeAsync(cancellationToken);
        var diagnoses = new VnicDiagnosis[vnics.Count];
        await Parallel.ForAsync(
            0,
            vnics.Count,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (index, token) =>
            {
                (AttachmentRecord record, bool isRunning) = vnics[index];
                IReadOnlyList<Finding> findings = ChainFindings.Of(await ReadAsync(node, record, isRunning, token));
                diagnoses[index] = new VnicDiagnosis(record.VmUid, record.Vnic, findings);
            }
        );
        return new ChainDiagnosis(ChainFindings.OfNode(node), diagnoses);
    }

    private async Task<NodeView> ReadNodeAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<Link> links = await route.ListLinksAsync(cancellationToken);
        (string firewall, string? firewallProblem) = ReadFirewall();
        NodeView node = new(null, [], [], [], links, firewall, firewallProblem);
        try
        {
            StatusResponse status = await proxy.StatusAsync(cancellationToken);
            return node with
            {
                Networks = status.Networks,
                SkippedFiles = status.Skipped,
                Attachments = await proxy.ListAsync(cancellationToken),
            };
        }
        catch (CniProxyException e)
        {
            return node with { ProxyProblem = e.Message };
        }
    }

    private async Task<ChainView> ReadAsync(
        NodeView node,
        AttachmentRecord record,
        bool isRunning,
        CancellationToken cancellationToken
    )
    {
        ChainView view = new()
        {
            Node = node,
            Record = record,
            IsRunning = isRunning,
            Dhcp = await ReadDhcpAsync(record, cancellationToken),
        };
        if (view.VmInterface is { } vmInterface)
            view = view with
            {
                VmInterfaceAddresses = await route.ListAddressesAsync(vmInterface.Index, cancellationToken),
            };
        view = view with { Probes = await ChainProbes.AskAsync(view) };
        // After the probes: a guest that has answered one is in the table.
        return view.Bridge is { } bridge
            ? view with
            {
                MacTable = await route.ListForwardingEntriesAsync(bridge.Index, cancellationToken),
            }
            : view;
    }

    private async Task<DhcpView> ReadDhcpAsync(AttachmentRecord record, CancellationToken cancellationToken)
    {
        VnicNames names = record.Names;
        DhcpView dhcp = LibvirtNetworkFiles.Read(names.LibvirtNetwork, record.Endpoint);
        try
        {
            LibvirtConnection connection = await libvirt.GetAsync(cancellationToken);
            Libvirt.Network? network = await connection.FindNetworkAsync(names.LibvirtNetwork, cancellationToken);
            if (network is null || !await network.IsActiveAsync(cancellationToken))
                return dhcp;
            IReadOnlyList<DhcpLease> leases = await network.GetDhcpLeasesAsync(cancellationToken);
            string mac = record.Endpoint?.Mac.ToString() ?? "";
            return dhcp with
            {
                IsActive = true,
                MtuBytes = NetworkXml.Parse(await network.GetXmlAsync(cancellationToken: cancellationToken)).MtuBytes,
                Lease = leases.LastOrDefault(lease =>
                    lease.Mac is { } of && new MacAddress(of.GetAddressBytes()).ToString() == mac
                ),
            };
        }
        catch (LibvirtException e) when (e.IsAbsent)
        {
            return dhcp; // went between two questions
        }
        catch (LibvirtException e)
        {
            return dhcp with { LibvirtProblem = e.Message };
        }
    }

    private static (string Rules, string? Problem) ReadFirewall()
    {
        try
        {
            return (BridgeFirewall.Read(), null);
        }
        catch (NftablesException e)
        {
            return ("", e.Message);
        }
    }
}
