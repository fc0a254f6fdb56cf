using Fairlead.Crds;
using Fairlead.Guest.Tests.Fixture;
using Fairlead.Libvirt;
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
        await WriteNetworkAsync(
            "twofold",
            Plugin(
                "bridge",
                "\"bridge\": \"twofold0\"",
                """{"type": "host-local", "ranges": [[{"subnet": "10.99.4.0/24"}], [{"subnet": "10.99.5.0/24"}]]}"""
            )
        );
        await WriteNetworkAsync(
            "six",
            Plugin(
                "bridge",
                "\"bridge\": \"six0\"",
                """{"type": "host-local", "ranges": [[{"subnet": "fd00:99::/64"}]]}"""
            )
        );
        await WriteNetworkAsync("own-parent", Plugin("macvlan", "\"master\": \"fairlead0\"", Ipam("10.99.3.0/24")));
    }

    [Fact]
    public async Task VmiMultus_TwoNics_AllNicsInStatus_EightOnThreeNetworks_InTheManifestsOrder()
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

    [Fact]
    public async Task VmiMultus_SecondaryPingStatic_TwoMachinesOnANetworkWithoutIpam()
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
    public async Task NetworkWithSeveralAddresses_TheFirstByDhcp_AllInStatus()
    {
        GuestMachine machine = NewMachine("twofold");

        await machine.ApplyAsync("name: net, source: {network: twofold}");
        VirtualMachine vm = await machine.WaitForPhaseAsync(VirtualMachinePhase.Running);

        InterfaceStatus vnic = Assert.Single(vm.Status!.Interfaces);
        Assert.Equal(2, vnic.IpAddresses.Count);
        Assert.StartsWith("10.99.4.", vnic.IpAddresses[0], StringComparison.Ordinal);
        Assert.StartsWith("10.99.5.", vnic.IpAddresses[1], StringComparison.Ordinal);
        Assert.Equal(vnic.IpAddresses[0], vnic.IpAddress);
        await using GuestConsole console = await machine.OpenConsoleAsync();
        string shown = "";
        await Eventually.Async(
            async () => (shown = await console.RunAsync("ip -4 -o addr show eth0")).Length > 0,
            GuestEnvironment.Patience,
            "the guest has an address"
        );
        Assert.Contains($"inet {vnic.IpAddress}/24 ", shown, StringComparison.Ordinal);
        // The guest may use the second one too, which nobody tells it of. (The plugin gives its bridge one gateway only.)
        await Environment.Node.RunAsync("ip", "addr", "add", "10.99.5.1/24", "dev", "twofold0");
        await console.RunAsync($"ip addr add {vnic.IpAddresses[1]}/24 dev eth0");
        string pinged = await Environment.Node.RunAsync("busybox", "ping", "-c", "1", "-W", "10", vnic.IpAddresses[1]);
        Assert.Contains("1 packets received", pinged, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NetworkWithIpv6AddressesOnly_IsRefused_AndNothingOfItIsLeft()
    {
        GuestMachine machine = NewMachine("six");

        await machine.ApplyAsync("name: net, source: {network: six}");
        VirtualMachine vm = await machine.WaitForAsync(
            vm => vm.Status?.Conditions.Any(c => c.Type == "NetworkReady") == true,
            "the condition says why"
        );

        Assert.Contains(
            "network six gives IPv6 addresses only",
            vm.Status!.Conditions.Single(c => c.Type == "NetworkReady").Message,
            StringComparison.Ordinal
        );
        await machine.DeleteAsync();
        Assert.DoesNotContain(
            System.IO.Directory.GetFiles(Environment.Node.HostPath("/var/lib/cni/networks/six")),
            path => Path.GetFileName(path).StartsWith("fd00", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task TypesNetworkAndBridge_AreLibvirtsOwn_AndStayAsTheyAre()
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        await using LibvirtConnection libvirt = await Environment.ConnectToLibvirtAsync();
        Libvirt.Network own = await libvirt.CreateNetworkAsync(
            """
            <network>
              <name>own</name>
              <bridge name='ownbr0'/>
              <ip address='192.168.150.1' prefix='24'><dhcp><range start='192.168.150.9' end='192.168.150.9'/></dhcp></ip>
            </network>
            """,
            cancellationToken: cancellationToken
        );
        await InPodAsync("ip", "link", "add", "plainbr0", "address", "02:00:00:00:0b:00", "type", "bridge");
        await InPodAsync("ip", "link", "set", "plainbr0", "up");
        string[] before = [await own.GetXmlAsync(cancellationToken: cancellationToken), await LinkAsync("plainbr0")];
        GuestMachine machine = NewMachine("as-usual");

        await machine.ApplyAsync(
            "name: net",
            "name: own, type: network, source: {network: own}",
            "name: plain, type: bridge, source: {bridge: plainbr0}, mac: {address: \"02:00:00:00:0b:01\"}"
        );
        VirtualMachine vm = await machine.WaitForPhaseAsync(VirtualMachinePhase.Running);

        Assert.Equal([true, false, false], vm.Status!.Interfaces.Select(vnic => vnic.PodInterfaceName is not null));
        Domain domain = (await libvirt.FindDomainAsync("default_as-usual", cancellationToken))!;
        DomainXml xml = DomainXml.Parse(await domain.GetXmlAsync(cancellationToken: cancellationToken));
        Assert.Equal("own", xml.Interfaces[1].SourceNetwork);
        Assert.Equal(("bridge", "plainbr0"), (xml.Interfaces[2].Type, xml.Interfaces[2].SourceBridge));
        await using (GuestConsole console = await machine.OpenConsoleAsync())
        {
            await Eventually.Async(
                async () =>
                    (await console.RunAsync("ip -4 -o addr show eth1")).Contains(
                        " 192.168.150.9/24 ",
                        StringComparison.Ordinal
                    ),
                GuestEnvironment.Patience,
                "libvirt's own network gives its address"
            );
            Assert.Contains(
                "\n02:00:00:00:0b:01\n",
                "\n" + await console.RunAsync("cat /sys/class/net/eth2/address"),
                StringComparison.Ordinal
            );
        }

        await machine.DeleteAsync();
        string[] after = [await own.GetXmlAsync(cancellationToken: cancellationToken), await LinkAsync("plainbr0")];
        Assert.Equal(before, after);
        await own.DestroyAsync(cancellationToken);
        await InPodAsync("ip", "link", "del", "plainbr0");
    }

    private Task<string> LinkAsync(string name) => InPodAsync("ip", "-br", "link", "show", name);

    private Task<string> InPodAsync(params string[] command) =>
        Environment.Node.RunAsync(["nsenter", $"--net={Environment.LibvirtPodNamespace}", "--", .. command]);

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

        await InPodAsync("ip", "link", "del", first.PodInterfaceName!);
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
