using System.Net;
using System.Net.NetworkInformation;
using Fairlead.CniProxy.V1;
using Fairlead.Libvirt;
using Fairlead.Netlink;
using Fairlead.Vmi.Diagnosis;

namespace Fairlead.Vmi.Tests.Diagnosis;

/// <summary>One thing broken at a time in a chain that holds: its link is named, and the first broken one is the cause.</summary>
public sealed class ChainFindingsTests
{
    private static readonly VnicNames Names = Sample.Names;
    private static readonly MacAddress Neighbour = MacAddress.Parse("02:00:00:00:00:07");

    [Fact]
    public void WholeChain_EveryLinkIsOk() =>
        Assert.All(
            ChainFindings.Of(Whole()),
            finding => Assert.Equal((Verdict.Ok, null), (finding.Verdict, finding.Remedy))
        );

    [Fact]
    public void Links_ComeInTheOrderOfTheChain_EachOnce()
    {
        string[] checks = [.. ChainFindings.Of(Whole()).Select(finding => finding.Check)];

        Assert.Equal(checks.Distinct(), checks);
        Assert.Equal(Checks.Proxy, checks[0]);
        Assert.Equal(Checks.Dns, checks[^1]);
    }

    public static TheoryData<string, string, string> Breakages { get; } =
        new()
        {
            { "proxy", Checks.Proxy, "cannot be reached" },
            { "network gone", Checks.Network, "offers no network podnet" },
            { "network not ready", Checks.Network, "podnet is not ready: no bridge" },
            { "attachment unknown", Checks.Attachment, "knows no attachment" },
            { "attachment releasing", Checks.Attachment, "being released: plugin bridge" },
            { "other address", Checks.Attachment, "has 10.88.0.9/16, the agent's record 10.88.0.4/16" },
            { "vmi gone", Checks.VmInterface, "is gone" },
            { "vmi down", Checks.VmInterface, "is down" },
            { "vmi no carrier", Checks.VmInterface, "no carrier" },
            { "vmi address", Checks.VmInterface, "has an address again: 10.88.0.4/16" },
            { "vmi mac", Checks.VmInterface, "has the guest's MAC" },
            { "bridge gone", Checks.Bridge, "is gone" },
            { "bridge down", Checks.Bridge, "is down" },
            { "vmi off bridge", Checks.Bridge, "is not a port of" },
            { "libvirtd dead", Checks.LibvirtNetwork, "no libvirtd" },
            { "network inactive", Checks.LibvirtNetwork, "is not active" },
            { "dnsmasq dead", Checks.DhcpServer, "does not run" },
            { "host lost", Checks.DhcpHost, "does not give 10.88.0.4" },
            { "firewall gone", Checks.Firewall, "has no rule" },
            { "tap gone", Checks.Tap, "is gone" },
            { "tap off bridge", Checks.Tap, "is not a port of" },
            { "guest silent", Checks.Asked, "no frame at all" },
            { "guest without client", Checks.Asked, "has not asked for an address" },
            { "guest unanswered", Checks.Answered, "asks and has no lease" },
            { "other lease", Checks.Answered, "10.88.0.9 is leased" },
            { "guest mute", Checks.GuestArp, "nobody in the guest answers" },
            { "guest mac", Checks.GuestArp, "not at 0a:58:0a:58:00:04" },
            { "loop", Checks.MacTable, "a loop" },
            { "mtu", Checks.Mtu, "has an MTU of 1400" },
            { "tap mtu", Checks.Mtu, "longer packets vanish" },
            { "duplicate", Checks.Duplicate, "somebody else on the network has 10.88.0.4" },
            { "gateway", Checks.Gateway, "10.88.0.1 does not answer" },
        };

    [Theory]
    [MemberData(nameof(Breakages))]
    public void Breakage_IsNamedByItsLink_AndIsTheFirstBrokenOne(string breakage, string check, string seen)
    {
        Finding first = ChainFindings.Of(Broken(breakage)).First(finding => finding.Verdict == Verdict.Broken);

        Assert.Equal(check, first.Check);
        Assert.Contains(seen, first.Seen, StringComparison.Ordinal);
        Assert.NotNull(first.Remedy);
    }

    [Theory]
    [InlineData("no mark", Checks.VmInterface)]
    [InlineData("stranger", Checks.Bridge)]
    [InlineData("unplugged", Checks.Tap)]
    [InlineData("no ping", Checks.GuestPing)]
    [InlineData("static address", Checks.Asked)]
    [InlineData("idle", Checks.MacTable)]
    [InlineData("no dns", Checks.Dns)]
    public void Oddity_IsAWarning_AndNothingIsBroken(string oddity, string check)
    {
        IReadOnlyList<Finding> findings = ChainFindings.Of(Broken(oddity));

        Assert.DoesNotContain(findings, finding => finding.Verdict == Verdict.Broken);
        Assert.Equal(check, Assert.Single(findings, finding => finding.Verdict == Verdict.Warning).Check);
    }

    [Fact]
    public void StoppedMachine_TheGuestsLinksAreSkipped()
    {
        IReadOnlyList<Finding> findings = ChainFindings.Of(
            Without(Whole(), Names.Tap) with
            {
                IsRunning = false,
                Probes = new ProbeView(),
                Dhcp = Whole().Dhcp with { Lease = null },
            }
        );

        Assert.DoesNotContain(findings, finding => finding.Verdict is Verdict.Broken or Verdict.Warning);
        Assert.Equal(Verdict.Skipped, findings.Single(finding => finding.Check == Checks.Tap).Verdict);
    }

    [Fact]
    public void NetworkWithoutIpam_NothingIsAskedOfDhcp()
    {
        VnicEndpoint endpoint = Sample.Endpoint() with { Gateway = null, Dns = new VnicDns() };
        ChainView whole = Whole();
        whole.Node.Attachments[0].Result.Addresses.Clear();

        IReadOnlyList<Finding> findings = ChainFindings.Of(
            whole with
            {
                Record = Sample.Record(endpoint),
                Dhcp = new DhcpView
                {
                    IsActive = true,
                    MtuBytes = 1450,
                    FilesAreVisible = true,
                },
                Probes = new ProbeView(),
            }
        );

        Assert.DoesNotContain(findings, finding => finding.Verdict is Verdict.Broken or Verdict.Warning);
        Assert.Equal(Verdict.Skipped, findings.Single(finding => finding.Check == Checks.DhcpServer).Verdict);
    }

    private static ChainView Whole() =>
        new()
        {
            Node = new NodeView(
                ProxyProblem: null,
                [
                    new NetworkStatus
                    {
                        Network = new CniProxy.V1.Network
                        {
                            Name = "podnet",
                            Default = true,
                            Plugins = { "bridge" },
                        },
                        Ready = true,
                    },
                ],
                SkippedFiles: [],
                [
                    new Attachment
                    {
                        Key = Names.AttachmentKey,
                        Network = "podnet",
                        ContainerId = "c1",
                        State = AttachmentState.Attached,
                        Result = Sample.Result(["10.88.0.4/16 10.88.0.1"]),
                    },
                ],
                [
                    Port(2, Names.VmInterface) with
                    {
                        MacAddress = new MacAddress(Names.VmInterfaceMac()),
                        Alias = Names.AttachmentKey,
                    },
                    Port(3, Names.Bridge) with
                    {
                        MasterIndex = null,
                    },
                    Port(4, Names.Tap) with
                    {
                        Statistics = new LinkStatistics(9, 9, 900, 900, 0, 0, 0, 0),
                    },
                ],
                $"table bridge fairlead {{ iifname {{ \"{Names.VmInterface}\" }} }}",
                FirewallProblem: null
            ),
            Record = Sample.Record(Sample.Endpoint("10.88.0.4/16")),
            IsRunning = true,
            MacTable = [Entry(4)],
            Dhcp = new DhcpView
            {
                IsActive = true,
                MtuBytes = 1450,
                FilesAreVisible = true,
                ProcessId = 77,
                HasHost = true,
                Lease = Lease("10.88.0.4"),
            },
            Probes = new ProbeView
            {
                GuestArp = new Answer(Sample.Mac),
                GuestPing = true,
                Duplicate = new Answer(null),
                Gateway = new Answer(Neighbour),
                Dns = new Dictionary<IPAddress, bool> { [IPAddress.Parse("10.96.0.10")] = true },
            },
        };

    private static ChainView Broken(string breakage)
    {
        ChainView whole = Whole();
        Attachment attachment = whole.Node.Attachments[0];
        switch (breakage)
        {
            case "attachment releasing":
                attachment.State = AttachmentState.Releasing;
                attachment.Message = "plugin bridge";
                return whole;
            case "other address":
                attachment.Result.Addresses[0].Cidr = "10.88.0.9/16";
                return whole;
            case "network not ready":
                whole.Node.Networks[0].Ready = false;
                whole.Node.Networks[0].Reason = "no bridge";
                return whole;
        }

        return breakage switch
        {
            "proxy" => whole with { Node = whole.Node with { ProxyProblem = "the CNI proxy cannot be reached" } },
            "network gone" => whole with { Node = whole.Node with { Networks = [] } },
            "attachment unknown" => whole with { Node = whole.Node with { Attachments = [] } },
            "vmi gone" => Without(whole, Names.VmInterface),
            "vmi down" => With(whole, Names.VmInterface, link => link with { Flags = link.Flags & ~LinkFlags.Up }),
            "vmi no carrier" => With(
                whole,
                Names.VmInterface,
                link => link with { OperationalState = OperationalState.LowerLayerDown }
            ),
            "vmi address" => whole with
            {
                VmInterfaceAddresses =
                [
                    new AssignedAddress { IfIndex = 2, Address = InterfaceAddress.Parse("10.88.0.4/16") },
                ],
            },
            "vmi mac" => With(whole, Names.VmInterface, link => link with { MacAddress = Sample.Mac }),
            "no mark" => With(whole, Names.VmInterface, link => link with { Alias = null }),
            "bridge gone" => Without(whole, Names.Bridge),
            "bridge down" => With(whole, Names.Bridge, link => link with { Flags = link.Flags & ~LinkFlags.Up }),
            "vmi off bridge" => With(whole, Names.VmInterface, link => link with { MasterIndex = null }),
            "stranger" => whole with { Node = whole.Node with { Links = [.. whole.Node.Links, Port(9, "eth9")] } },
            "libvirtd dead" => whole with { Dhcp = whole.Dhcp with { LibvirtProblem = "no libvirtd" } },
            "network inactive" => whole with { Dhcp = whole.Dhcp with { IsActive = false, ProcessId = null } },
            "dnsmasq dead" => whole with { Dhcp = whole.Dhcp with { ProcessId = null } },
            "host lost" => whole with { Dhcp = whole.Dhcp with { HasHost = false } },
            "firewall gone" => whole with { Node = whole.Node with { Firewall = "" } },
            "tap gone" => Without(whole, Names.Tap),
            "tap off bridge" => With(whole, Names.Tap, link => link with { MasterIndex = null }),
            "unplugged" => With(whole, Names.Tap, link => link with { OperationalState = OperationalState.Down }),
            "guest silent" => Unleased(
                With(whole, Names.Tap, link => link with { Statistics = default(LinkStatistics) })
            ),
            "guest without client" => Unleased(whole),
            "guest unanswered" => Unleased(whole) with
            {
                Probes = whole.Probes with { GuestArp = new Answer(null), GuestPing = null, HeardDhcp = true },
            },
            "static address" => whole with { Dhcp = whole.Dhcp with { Lease = null } },
            "other lease" => whole with { Dhcp = whole.Dhcp with { Lease = Lease("10.88.0.9") } },
            "guest mute" => whole with { Probes = whole.Probes with { GuestArp = new Answer(null), GuestPing = null } },
            "guest mac" => whole with { Probes = whole.Probes with { GuestArp = new Answer(Neighbour) } },
            "no ping" => whole with { Probes = whole.Probes with { GuestPing = false } },
            "loop" => whole with { MacTable = [Entry(2)] },
            "idle" => whole with { MacTable = [] },
            "mtu" => With(whole, Names.Bridge, link => link with { MtuBytes = 1400 }),
            "tap mtu" => With(whole, Names.Tap, link => link with { MtuBytes = 1280 }),
            "duplicate" => whole with { Probes = whole.Probes with { Duplicate = new Answer(Neighbour) } },
            "gateway" => whole with
            {
                Probes = whole.Probes with { Gateway = new Answer(null), Dns = new Dictionary<IPAddress, bool>() },
            },
            "no dns" => whole with
            {
                Probes = whole.Probes with
                {
                    Dns = new Dictionary<IPAddress, bool> { [IPAddress.Parse("10.96.0.10")] = false },
                },
            },
            _ => throw new ArgumentOutOfRangeException(nameof(breakage), breakage, null),
        };
    }

    private static ChainView Unleased(ChainView view) =>
        view with
        {
            Dhcp = view.Dhcp with { Lease = null },
            Probes = view.Probes with { GuestArp = new Answer(null), GuestPing = null, HeardDhcp = false },
        };

    private static ChainView Without(ChainView view, string link) =>
        view with
        {
            Node = view.Node with { Links = [.. view.Node.Links.Where(l => l.Name != link)] },
        };

    private static ChainView With(ChainView view, string link, Func<Link, Link> change) =>
        view with
        {
            Node = view.Node with { Links = [.. view.Node.Links.Select(l => l.Name == link ? change(l) : l)] },
        };

    private static Link Port(int index, string name) =>
        new()
        {
            Index = index,
            Name = name,
            Flags = LinkFlags.Up,
            OperationalState = OperationalState.Up,
            MtuBytes = 1450,
            MasterIndex = 3,
        };

    private static ForwardingEntry Entry(int port) =>
        new()
        {
            BridgeIndex = 3,
            PortIndex = port,
            MacAddress = Sample.Mac,
        };

    private static DhcpLease Lease(string address) =>
        new(
            "vbr",
            Expires: null,
            PhysicalAddress.Parse("0a:58:0a:58:00:04"),
            IPAddress.Parse(address),
            30,
            "web",
            null
        );
}
