using System.Text.RegularExpressions;
using Fairlead.Crds;
using Fairlead.Guest.Tests.Fixture;

namespace Fairlead.Guest.Tests.Network;

/// <summary>Two machines and a pod on the pod network: addresses, and reaching each other both ways.</summary>
[Collection(nameof(TwoMachines))]
public sealed partial class PodNetworkTests(GuestEnvironment environment, TwoMachines machines) : GuestTest(environment)
{
    private const string Reservations = "/var/lib/fairlead/cni/ipam/fairlead";

    private IReadOnlyList<VirtualMachine> _vms = [];

    private InterfaceStatus First => Assert.Single(_vms[0].Status!.Interfaces);

    private InterfaceStatus Second => Assert.Single(_vms[1].Status!.Interfaces);

    public override async ValueTask InitializeAsync() => _vms = await machines.StartAsync();

    [Fact]
    public async Task Address_InTheGuest_IsTheOneInStatusAndTheOneThatCniGave()
    {
        foreach (VirtualMachine vm in _vms)
        {
            InterfaceStatus vnic = Assert.Single(vm.Status!.Interfaces);

            string printed = await Environment.FairleadWithInputAsync(
                "ip -o addr; ip route; cat /sys/class/net/eth0/address\n",
                "console",
                vm.Metadata.Name
            );

            Assert.Equal([vnic.IpAddress!], Ipv4Addresses().Matches(printed).Select(match => match.Groups["ip"].Value));
            Assert.Contains("default via 10.88.0.1 dev eth0", printed, StringComparison.Ordinal);
            Assert.Contains(vnic.Mac!, printed, StringComparison.Ordinal);
            // host-local writes the container and the interface into the file of the address that it gave.
            string[] reservation = await File.ReadAllLinesAsync(
                Environment.Node.HostPath($"{Reservations}/{vnic.IpAddress}"),
                TestContext.Current.CancellationToken
            );
            Assert.Equal(vnic.PodInterfaceName, reservation[1]);
        }
        Assert.NotEqual(First.IpAddress, Second.IpAddress);
        Assert.NotEqual(First.Mac, Second.Mac);
    }

    [Fact]
    public async Task VmiInterfaces_HaveNoAddressAndAnotherMacThanTheGuest()
    {
        foreach (InterfaceStatus vnic in (InterfaceStatus[])[First, Second])
        {
            string shown = await Environment.Node.RunAsync(
                "nsenter",
                $"--net={Environment.LibvirtPodNamespace}",
                "ip",
                "address",
                "show",
                vnic.PodInterfaceName!
            );

            Assert.DoesNotContain("inet", shown, StringComparison.Ordinal);
            Assert.DoesNotContain(vnic.Mac!, shown, StringComparison.Ordinal);
            Assert.Contains("master vbr", shown, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task VmiNetworking_PodToVm_PingAndTcp()
    {
        string pinged = await PingFromAsync($"/run/netns/{Environment.Pod.Name}", First.IpAddress!);
        string page = await Environment.Pod.GetAsync(First.IpAddress!, "/");

        AssertAnswered(pinged);
        Assert.Contains("hostname first", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task VmiNetworking_Egress_PingAndTcp_ThePodSeesTheMachinesOwnAddress()
    {
        using CancellationTokenSource end = new();
        Task server = Environment.Pod.ServeCallersAddressAsync(end.Token);

        string pinged = await Environment.Pod.GetAsync(First.IpAddress!, $"/cgi-bin/ping?{Environment.Pod.Address}");
        string page = await Environment.Pod.GetAsync(
            First.IpAddress!,
            $"/cgi-bin/fetch?http://{Environment.Pod.Address}/"
        );

        AssertAnswered(pinged);
        Assert.Equal($"caller {First.IpAddress}\n", page);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => server);
    }

    [Fact]
    public async Task VmiNetworking_VmToVm_PingAndTcpBothWays()
    {
        foreach ((InterfaceStatus from, InterfaceStatus to, string name) in Ways())
        {
            string pinged = await Environment.Pod.GetAsync(from.IpAddress!, $"/cgi-bin/ping?{to.IpAddress}");
            string page = await Environment.Pod.GetAsync(from.IpAddress!, $"/cgi-bin/fetch?http://{to.IpAddress}/");

            AssertAnswered(pinged);
            Assert.Contains($"hostname {name}", page, StringComparison.Ordinal);
        }

        IEnumerable<(InterfaceStatus From, InterfaceStatus To, string Name)> Ways() =>
            [(First, Second, "second"), (Second, First, "first")];
    }

    [Fact]
    public async Task NodeAndLibvirtPod_ReachTheMachine()
    {
        AssertAnswered(await PingFromAsync("/proc/1/ns/net", First.IpAddress!));
        AssertAnswered(await PingFromAsync(Environment.LibvirtPodNamespace, First.IpAddress!));
    }

    private Task<string> PingFromAsync(string networkNamespace, string address) =>
        Environment.Node.RunAsync([
            "nsenter",
            $"--net={networkNamespace}",
            "busybox",
            "ping",
            "-c",
            "3",
            "-W",
            "5",
            address,
        ]);

    private static void AssertAnswered(string pinged) =>
        Assert.Contains("3 packets received", pinged, StringComparison.Ordinal);

    // `ip -o addr`: a line an address, "2: eth0    inet 10.88.0.4/16 …"
    [GeneratedRegex(@"eth\d+ +inet (?<ip>[\d.]+)/16 ", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Ipv4Addresses();
}
