using Fairlead.Crds;
using Fairlead.Guest.Tests.Fixture;
using Fairlead.Testing;

namespace Fairlead.Guest.Tests.Network;

/// <summary>DHCP with two machines on one network: it stays on its bridge, and leases last.</summary>
[Collection(nameof(TwoMachines))]
public sealed class DhcpTests(GuestEnvironment environment, TwoMachines machines) : GuestTest(environment)
{
    private IReadOnlyList<VirtualMachine> _vms = [];

    public override async ValueTask InitializeAsync() => _vms = await machines.StartAsync();

    [Fact]
    public async Task TwoMachinesBoot_EachIsServedOnItsTap_AndNoDhcpLeavesThroughAVmiInterface()
    {
        IReadOnlyList<DhcpFrame> inPod = await machines.InLibvirtPod.ListAsync();

        foreach (InterfaceStatus vnic in Vnics)
        {
            DhcpFrame[] own = [.. inPod.Where(frame => IsTap(frame) && frame.Client == vnic.Mac)];
            Assert.Contains(own, frame => frame is { IsReply: false, IsOutgoing: false });
            Assert.Contains(own, frame => frame is { IsReply: true, IsOutgoing: true });
            Assert.Single(own.Select(frame => frame.Link).Distinct());
        }
        await AssertNothingCrossesAsync();
    }

    [Fact]
    public async Task Reboot_WithASecondMachineOnTheNetwork_KeepsTheLease()
    {
        InterfaceStatus vnic = Assert.Single(_vms[0].Status!.Interfaces);
        await using GuestConsole console = await machines.First.OpenConsoleAsync();
        int from = console.Position;

        await console.TypeAsync("reboot -f\n");
        await console.WaitForTextAsync("FAIRLEAD-GUEST READY", from);
        await console.WaitForTextAsync($"FAIRLEAD-GUEST LEASE eth0 {vnic.IpAddress}/16", from);

        await machines.First.WaitForGuestAsync();
        VirtualMachine after = await machines.First.GetAsync();
        Assert.Equal(_vms[0].Metadata.Uid, after.Metadata.Uid);
        Assert.Equal(vnic, Assert.Single(after.Status!.Interfaces), Same);
        await AssertNothingCrossesAsync();
    }

    [Fact]
    public async Task GuestAsksForTheOtherMachinesAddress_IsRefusedByItsOwnServerAlone()
    {
        // The second guest gives its lease up and asks for the first one's: what an authoritative server of another
        // vNIC would answer first if DHCP came through.
        string address = await machines.Second.AddressAsync();
        await using GuestConsole console = await machines.Second.OpenConsoleAsync();

        string printed = await console.RunAsync(
            $"udhcpc -n -q -t 4 -T 1 -i eth0 -s /bin/true -r {await machines.First.AddressAsync()} 2>&1"
        );

        Assert.Contains($"lease of {address} obtained", printed, StringComparison.Ordinal);
        await AssertNothingCrossesAsync();
    }

    [Fact]
    public async Task AnotherPodAsksByDhcp_NoMachinesServerHearsOrAnswers()
    {
        CommandResult asked = await Environment.Node.ExecAsync(
            "nsenter",
            $"--net=/run/netns/{Environment.Pod.Name}",
            "busybox",
            "udhcpc",
            "-n", // fail when nobody answers
            "-q",
            "-t",
            "2",
            "-T",
            "1",
            "-i",
            "eth0",
            "-s",
            "/bin/true"
        );

        Assert.NotEqual(0, asked.ExitCode);
        Assert.Contains("no lease", asked.ToString(), StringComparison.Ordinal);
        // It came to the VMI interfaces, as broadcasts do, and no further.
        IReadOnlyList<DhcpFrame> inPod = await machines.InLibvirtPod.ListAsync();
        string link = await Environment.Node.RunAsync("ip", "-n", Environment.Pod.Name, "-o", "link", "show", "eth0");
        string mac = link.Split("link/ether ")[1].Split(' ')[0];
        DhcpFrame[] foreign = [.. inPod.Where(frame => frame.Client == mac)];
        Assert.Contains(foreign, frame => frame is { IsOutgoing: false } && IsVmi(frame));
        Assert.DoesNotContain(foreign, IsTap);
        Assert.DoesNotContain(foreign, frame => frame.IsReply);
    }

    /// <summary>Since before the two machines were started.</summary>
    private async Task AssertNothingCrossesAsync()
    {
        Assert.DoesNotContain(
            await machines.InLibvirtPod.ListAsync(),
            frame => IsVmi(frame) && (frame.IsOutgoing || frame.IsReply || IsGuests(frame))
        );
        Assert.DoesNotContain(await machines.OnNode.ListAsync(), frame => frame.IsReply || IsGuests(frame));
    }

    private IEnumerable<InterfaceStatus> Vnics => _vms.SelectMany(vm => vm.Status!.Interfaces);

    private bool IsGuests(DhcpFrame frame) => Vnics.Any(vnic => vnic.Mac == frame.Client);

    private static bool IsTap(DhcpFrame frame) => frame.Link.StartsWith("tap", StringComparison.Ordinal);

    private static bool IsVmi(DhcpFrame frame) => frame.Link.StartsWith("vmi", StringComparison.Ordinal);

    private static bool Same(InterfaceStatus one, InterfaceStatus other) =>
        (one.Mac, one.IpAddress, one.PodInterfaceName) == (other.Mac, other.IpAddress, other.PodInterfaceName);
}
