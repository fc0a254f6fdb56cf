using System.Net;
using Fairlead.CniProxy.V1;
using Fairlead.Libvirt;
using Fairlead.Netlink;

namespace Fairlead.Vmi.Diagnosis;

/// <summary>What the node showed of all vNICs at once.</summary>
/// <param name="ProxyProblem">Why the CNI proxy did not answer; null when it did.</param>
/// <param name="Networks">Those that it offers.</param>
/// <param name="SkippedFiles">Network configurations that it cannot use.</param>
/// <param name="Attachments">Those that it knows.</param>
/// <param name="Links">All of the libvirt pod.</param>
/// <param name="Firewall">The kernel's rules of the bridge family, as nft prints them.</param>
/// <param name="FirewallProblem">Why they could not be read, or null.</param>
internal sealed record NodeView(
    string? ProxyProblem,
    IReadOnlyList<NetworkStatus> Networks,
    IReadOnlyList<SkippedFile> SkippedFiles,
    IReadOnlyList<Attachment> Attachments,
    IReadOnlyList<Link> Links,
    string Firewall,
    string? FirewallProblem
);

/// <summary>Everything that was seen of one vNIC's chain. What it means is <see cref="ChainFindings"/>' to say.</summary>
internal sealed record ChainView
{
    public required NodeView Node { get; init; }

    public required AttachmentRecord Record { get; init; }

    /// <summary>Whether its domain runs: else there is no tap, and nobody to ask.</summary>
    public required bool IsRunning { get; init; }

    public IReadOnlyList<AssignedAddress> VmInterfaceAddresses { get; init; } = [];

    public IReadOnlyList<ForwardingEntry> MacTable { get; init; } = [];

    public DhcpView Dhcp { get; init; } = new();

    public ProbeView Probes { get; init; } = new();

    /// <summary>What is wrong with it as far as the node can tell, as the agent's own check sees it.</summary>
    public IReadOnlyList<VnicFault> Faults =>
        Record.Endpoint is not { } endpoint
            ? []
            :
            [
                .. VnicFaults.Of(
                    Record.Names,
                    endpoint,
                    new VnicState(
                        new VnicLinks(VmInterface, Bridge, Tap),
                        [.. VmInterfaceAddresses.Select(address => address.Address)],
                        Dhcp.IsActive,
                        Dhcp.ProcessId is not null
                    )
                ),
            ];

    public Link? VmInterface => Find(Record.Names.VmInterface);

    public Link? Bridge => Find(Record.Names.Bridge);

    public Link? Tap => Find(Record.Names.Tap);

    public Link? Find(string name) => Node.Links.FirstOrDefault(link => link.Name == name);
}

/// <summary>The vNIC's libvirt network and its DHCP server.</summary>
internal sealed record DhcpView
{
    /// <summary>Why libvirtd did not answer; null when it did.</summary>
    public string? LibvirtProblem { get; init; }

    public bool IsActive { get; init; }

    /// <summary>The MTU that libvirt tells the guest (option 26), or null.</summary>
    public int? MtuBytes { get; init; }

    /// <summary>Whether libvirt's files can be seen from here.</summary>
    public bool FilesAreVisible { get; init; }

    /// <summary>Process ID of the dnsmasq that runs for it, or null.</summary>
    public int? ProcessId { get; init; }

    /// <summary>Whether dnsmasq's host file has the vNIC's MAC with its address.</summary>
    public bool HasHost { get; init; }

    public DhcpLease? Lease { get; init; }
}

/// <summary>Who answered. Null where nobody was asked.</summary>
internal sealed record ProbeView
{
    /// <summary>Why nobody could be asked, or null.</summary>
    public string? Problem { get; init; }

    public Answer? GuestArp { get; init; }

    public bool? GuestPing { get; init; }

    /// <summary>Whether the guest was heard asking by DHCP in the meantime; null where nobody listened.</summary>
    public bool? HeardDhcp { get; init; }

    /// <summary>Somebody else on the network who claims the guest's address.</summary>
    public Answer? Duplicate { get; init; }

    public Answer? Gateway { get; init; }

    public IReadOnlyDictionary<IPAddress, bool> Dns { get; init; } = new Dictionary<IPAddress, bool>();
}

/// <summary>The answer to a question to all; the MAC is null when nobody gave one.</summary>
internal sealed record Answer(MacAddress? Mac);
