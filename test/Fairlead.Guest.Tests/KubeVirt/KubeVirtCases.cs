using Fairlead.Crds;
using Fairlead.Guest.Tests.Fixture;
using Fairlead.Guest.Tests.Network;
using Fairlead.Netlink;

namespace Fairlead.Guest.Tests.KubeVirt;

/// <summary>
/// Cases of KubeVirt's own tests (tests/network/FILE.go) that no other test here covers, named FILE_CASE. docs/limits.md
/// lists them all.
/// </summary>
[Collection(nameof(CaseMachine))]
public sealed class KubeVirtCases(GuestEnvironment environment, CaseMachine machine) : GuestTest(environment)
{
    private VirtualMachine _vm = null!;

    public override async ValueTask InitializeAsync() => _vm = await machine.StartAsync();

    [Fact]
    public async Task VmiNetworking_NoNicWhenAutoattachIsOff()
    {
        NewMachine("bare");
        await Environment.FairleadWithInputAsync(
            "apiVersion: fairlead.dev/v1alpha1\nkind: VirtualMachine\nmetadata: {name: bare}\nspec: {domain: {devices: {interfaces: []}}}\n",
            "apply",
            "-f",
            "-"
        );
        await using GuestConsole console = await GuestConsole.OpenAsync(Environment.Agent, "bare");

        Assert.Equal("lo\n", await console.RunAsync("ls -1 /sys/class/net"));
    }

    [Fact]
    public async Task VmiNetworking_MtuWithoutFragmentation()
    {
        await using GuestConsole console = await machine.Machine.OpenConsoleAsync();
        int mtu = int.Parse(
            await console.RunAsync("cat /sys/class/net/eth0/mtu"),
            System.Globalization.CultureInfo.InvariantCulture
        );
        using FrameCapture capture = FrameCapture.Start(
            Environment.Node.HostPath($"/run/netns/{Environment.Pod.Name}")
        );

        // 20 octets of IPv4's header, 8 of ICMP's.
        string pinged = await console.RunAsync($"ping -c 2 -W 5 -s {mtu - 28} {Environment.Pod.Address}");

        Assert.Contains("2 packets received", pinged, StringComparison.Ordinal);
        // By whichever NIC was on the network first.
        string?[] macs = [.. _vm.Status!.Interfaces.Select(vnic => vnic.Mac)];
        byte[][] sent =
        [
            .. (await capture.ListAsync())
                .Select(frame => frame.Bytes)
                .Where(bytes => macs.Contains(new MacAddress(bytes.AsSpan(6, 6)).ToString()) && IsIcmp(bytes)),
        ];
        Assert.NotEmpty(sent);
        // Flags and fragment offset but "don't fragment": all zeros in a packet that is whole.
        Assert.All(sent, bytes => Assert.Equal(0, ((bytes[20] << 8) | bytes[21]) & 0xbfff));
    }

    [Fact]
    public async Task VmiMultus_SecondaryMtuWithoutDhcp()
    {
        await using GuestConsole console = await machine.Machine.OpenConsoleAsync();

        Assert.Null(_vm.Status!.Interfaces[2].IpAddress);
        Assert.Equal($"{CaseMachine.NarrowMtu}\n", await console.RunAsync("cat /sys/class/net/eth2/mtu"));
    }

    [Fact]
    public async Task VmiMultus_MacOnBridgeCni()
    {
        await using GuestConsole console = await machine.Machine.OpenConsoleAsync();

        Assert.Equal(CaseMachine.SecondMac, _vm.Status!.Interfaces[1].Mac);
        Assert.Equal($"{CaseMachine.SecondMac}\n", await console.RunAsync("cat /sys/class/net/eth1/address"));
        Assert.DoesNotContain(_vm.Status.Conditions, c => c.Type == "IdentityKept");
    }

    [Fact]
    public async Task VmiMultus_SecondaryPingIpam()
    {
        string pinged = await Environment.Node.RunAsync(
            "busybox",
            "ping",
            "-c",
            "3",
            "-W",
            "5",
            _vm.Status!.Interfaces[1].IpAddress!
        );

        Assert.Contains("3 packets received", pinged, StringComparison.Ordinal);
    }

    [Fact]
    public async Task VmiLifecycle_GuestDadGetsNoReply()
    {
        await using GuestConsole console = await machine.Machine.OpenConsoleAsync();

        string asked = await console.RunAsync(
            $"arping -D -c 3 -w 4 -I eth0 {_vm.Status!.Interfaces[0].IpAddress}; echo status $?"
        );

        Assert.Contains("Received 0 ", asked, StringComparison.Ordinal);
        Assert.Contains("status 0", asked, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Multiqueue_QueueCountIsTheManifests()
    {
        await using GuestConsole console = await machine.Machine.OpenConsoleAsync();

        Assert.Equal("rx-0\nrx-1\ntx-0\ntx-1\n", await console.RunAsync("ls -1 /sys/class/net/eth0/queues"));
        Assert.Equal("rx-0\ntx-0\n", await console.RunAsync("ls -1 /sys/class/net/eth1/queues"));
    }

    private static bool IsIcmp(byte[] frame) =>
        frame.Length >= 38 && frame[12] == 0x08 && frame[13] == 0x00 && frame[23] == 1;
}
