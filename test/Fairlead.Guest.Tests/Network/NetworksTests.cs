using Fairlead.Crds;
using Fairlead.Guest.Tests.Fixture;
using Fairlead.Testing;

namespace Fairlead.Guest.Tests.Network;

/// <summary>Machines on networks of other kinds than the default one, which stand beside it in the CNI directory.</summary>
[Collection(nameof(TwoMachines))]
public sealed class NetworksTests(GuestEnvironment environment) : GuestTest(environment)
{
    private const string Directory = "/var/lib/fairlead/cni/net.d";

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await WriteNetworkAsync("routed", Plugin("ptp", "\"ipMasq\": true", Ipam("10.99.1.0/24")));
        await WriteNetworkAsync(
            "chained",
            Plugin("bridge", "\"bridge\": \"chained0\", \"isGateway\": true", Ipam("10.99.2.0/24")),
            """{"type": "bandwidth", "capabilities": {"bandwidth": true}, "ingressRate": 800000000, "ingressBurst": 800000000}""",
            """{"type": "portmap", "capabilities": {"portMappings": true}}"""
        );
        await WriteNetworkAsync("segment", """{"type": "bridge", "bridge": "segment0"}""");
        await WriteNetworkAsync("own-parent", Plugin("macvlan", "\"master\": \"fairlead0\"", Ipam("10.99.3.0/24")));
    }

    // KubeVirt: vmi_multus "two NICs", "all NICs in status"; vmi_networking "model+PCI address".
    [Fact]
    public async Task EightVnicsOnThreeNetworks_EachHasItsOwnAddress_InTheManifestsOrder()
    {
        GuestMachine machine = NewMachine("eight");
        string[] networks = ["", "routed", "routed", "chained", "", "chained", "routed", ""];

        await machine.ApplyAsync([
            .. networks.Select((n, i) => $"name: nic{i}{(n.Length == 0 ? "" : $", source: {{network: {n}}}")}"),
        ]);
        VirtualMachine vm = await machine.WaitForPhaseAsync(VirtualMachinePhase.Running);

        IReadOnlyList<InterfaceStatus> vnics = vm.Status!.Interfaces;
        Assert.Equal(networks.Length, vnics.Select(vnic => vnic.IpAddress).Distinct().Count());
        Assert.Equal(networks.Select(n => n.Length == 0 ? "fairlead" : n), vnics.Select(vnic => vnic.Network!));
        await using GuestConsole console = await machine.OpenConsoleAsync();
        for (int i = 0; i < vnics.Count; i++)
        {
            // eth0, eth1, ... are in the order of the PCI addresses.
            string wanted =
                $"inet {vnics[i].IpAddress}/{(networks[i] == "routed" ? 32 : networks[i] == "" ? 16 : 24)} ";
            int nic = i;
            await Eventually.SucceedsAsync(
                async () =>
                    Assert.Contains(
                        wanted,
                        await console.RunAsync($"ip -o addr show eth{nic}"),
                        StringComparison.Ordinal
                    ),
                GuestEnvironment.Patience,
                $"eth{nic} has {wanted}"
            );
            Assert.Contains(
                vnics[i].Mac!,
                await console.RunAsync($"cat /sys/class/net/eth{i}/address"),
                StringComparison.Ordinal
            );
        }
        foreach (InterfaceStatus vnic in vnics)
        {
            string pinged = await Environment.Node.RunAsync("busybox", "ping", "-c", "1", "-W", "10", vnic.IpAddress!);
            Assert.Contains("1 packets received", pinged, StringComparison.Ordinal);
        }
    }

    // KubeVirt: vmi_multus "secondary ping, static".
    [Fact]
    public async Task NetworkWithoutIpam_TwoMachinesWithStaticAddresses_PingEachOther()
    {
        GuestMachine[] machines = [NewMachine("left"), NewMachine("right")];
        foreach (GuestMachine machine in machines)
            await machine.ApplyAsync("name: net", "name: wire, source: {network: segment}");
        foreach (GuestMachine machine in machines)
        {
            VirtualMachine vm = await machine.WaitForPhaseAsync(VirtualMachinePhase.Running);
            Assert.Null(vm.Status!.Interfaces[1].IpAddress);
        }

        await using GuestConsole left = await machines[0].OpenConsoleAsync();
        await using GuestConsole right = await machines[1].OpenConsoleAsync();
        await left.RunAsync("ip addr add 192.0.2.1/24 dev eth1");
        await right.RunAsync("ip addr add 192.0.2.2/24 dev eth1");
        string pinged = await left.RunAsync("ping -c 3 -W 5 192.0.2.2");

        Assert.Contains("3 packets received", pinged, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NetworkThatIgnoresTheMac_TheGuestHasItAndAConditionSaysSo()
    {
        GuestMachine machine = NewMachine("ignored");

        await machine.ApplyAsync("name: net, source: {network: routed}, mac: {address: \"02:00:00:00:07:01\"}");
        VirtualMachine vm = await machine.WaitForPhaseAsync(VirtualMachinePhase.Running);

        Assert.Equal("02:00:00:00:07:01", Assert.Single(vm.Status!.Interfaces).Mac);
        VirtualMachineCondition condition = vm.Status.Conditions.Single(c => c.Type == "IdentityKept");
        Assert.Equal((ConditionStatus.False, "MacIgnored"), (condition.Status, condition.Reason));
        Assert.Contains(
            "network routed ignores the MAC 02:00:00:00:07:01",
            condition.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task VmInterfaceDeletedByHand_NetworkCannotGiveTheAddressAgain_ConditionSaysSo_AndNothingLeaks()
    {
        const string nic = "name: net, source: {network: chained}";
        GuestMachine machine = NewMachine("reissued");
        await machine.ApplyAsync(nic);
        await machine.WaitForPhaseAsync(VirtualMachinePhase.Running);
        await machine.DeleteAsync(); // the network's own bridge and chains are there from now on
        Footprint before = await Footprint.OfEverythingAsync(Environment);
        await machine.ApplyAsync(nic);
        InterfaceStatus first = (await machine.WaitForPhaseAsync(VirtualMachinePhase.Running)).Status!.Interfaces[0];

        await Environment.Node.RunAsync(
            "nsenter",
            $"--net={Environment.LibvirtPodNamespace}",
            "ip",
            "link",
            "del",
            first.PodInterfaceName!
        );
        VirtualMachine vm = await machine.WaitForAsync(
            vm => vm.Status!.Conditions.Any(c => c is { Type: "IdentityKept", Reason: "AddressLost" }),
            "the condition says that the address is lost"
        );

        InterfaceStatus now = vm.Status!.Interfaces[0];
        Assert.Equal(first.Mac, now.Mac);
        Assert.NotEqual(first.IpAddress, now.IpAddress);
        Assert.Contains(
            $"network chained cannot be asked for {first.IpAddress}",
            vm.Status.Conditions.Single(c => c.Type == "IdentityKept").Message,
            StringComparison.Ordinal
        );
        await machine.WaitForAsync(
            vm => vm.Status!.Conditions.Any(c => c is { Type: "Ready", Status: ConditionStatus.True }),
            "the machine is Ready again"
        );
        await machine.DeleteAsync();
        await before.RestoredAsync();
    }

    [Fact]
    public async Task NetworkThatCannotCarryAVnic_IsRefusedBeforeAnythingIsMade()
    {
        GuestMachine machine = NewMachine("refused");

        await machine.ApplyAsync("name: good", "name: bad, source: {network: own-parent}");
        VirtualMachine vm = await machine.WaitForAsync(
            vm => vm.Status?.Conditions.Any(c => c.Type == "NetworkReady") == true,
            "the condition says why"
        );

        string message = vm.Status!.Conditions.Single(c => c.Type == "NetworkReady").Message!;
        Assert.Contains(
            "vNIC bad of default/refused: network own-parent is of plugin macvlan",
            message,
            StringComparison.Ordinal
        );
        Assert.Contains("use a network of plugin bridge or ptp", message, StringComparison.Ordinal);
        Assert.False(System.IO.Directory.Exists(Environment.Node.HostPath("/var/lib/cni/networks/own-parent")));
        Assert.DoesNotContain(
            vm.Metadata.Uid!,
            string.Concat(
                System
                    .IO.Directory.GetFiles(Environment.Node.HostPath("/var/lib/fairlead/cni-proxy/attachments"))
                    .Select(File.ReadAllText)
            ),
            StringComparison.Ordinal
        );
    }

    private static string Ipam(string subnet) =>
        $$"""{"type": "host-local", "ranges": [[{"subnet": "{{subnet}}"}]], "routes": [{"dst": "0.0.0.0/0"}]}""";

    private static string Plugin(string type, string fields, string ipam) =>
        $$"""{"type": "{{type}}", {{fields}}, "ipam": {{ipam}}}""";

    // After 10-fairlead, which stays the default.
    private Task WriteNetworkAsync(string name, params string[] plugins) =>
        File.WriteAllTextAsync(
            Environment.Node.HostPath($"{Directory}/50-{name}.conflist"),
            $$"""{"cniVersion": "1.0.0", "name": "{{name}}", "plugins": [{{string.Join(", ", plugins)}}]}""",
            TestContext.Current.CancellationToken
        );
}
