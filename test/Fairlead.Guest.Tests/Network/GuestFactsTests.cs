using System.Text.Json;
using Fairlead.Crds;
using Fairlead.Guest.Tests.Fixture;

namespace Fairlead.Guest.Tests.Network;

/// <summary>What a guest is told, read in the guest.</summary>
public sealed class GuestFactsTests(GuestEnvironment environment) : GuestTest(environment)
{
    // Busybox's DHCP client gives its script every option as a variable.
    private const string Show = "printf '#!/bin/sh\\nenv\\n' > /tmp/show; chmod +x /tmp/show";
    private const string Ask =
        "udhcpc -n -q -t 20 -T 1 -i eth0 -s /tmp/show -O mtu -O dns -O search -O domain -O hostname -O bootfile -O tftp -O ntpsrv -O 240 2>&1";

    [Fact]
    public async Task VmiNetworking_Dhcp66And67And42And240_CustomDns_AreTheManifests()
    {
        GuestMachine machine = NewMachine("told");
        machine.Spec =
        [
            "hostname: front-1",
            "dnsPolicy: None",
            "dnsConfig: {nameservers: [10.88.0.53, 192.0.2.53], searches: [a.example.com, b.example.com]}",
        ];
        await machine.ApplyAsync(
            "name: net, mtu: {size: 1400}, dhcpOptions: {bootFileName: 'pxe/\"linux\",0', tftpServerName: tftp.example.com, "
                + "ntpServers: [10.0.0.1, 10.0.0.2], privateOptions: [{option: 240, value: 'a \"b\", c'}]}"
        );
        await machine.WaitForGuestAsync();
        await using GuestConsole console = await machine.OpenConsoleAsync();

        string told = await console.RunAsync($"{Show}; {Ask}");
        string applied = await console.RunAsync("hostname; cat /etc/resolv.conf /sys/class/net/eth0/mtu");

        TestContext.Current.TestOutputHelper?.WriteLine(told);
        Assert.Contains("hostname=front-1", told, StringComparison.Ordinal);
        Assert.Contains("dns=10.88.0.53 192.0.2.53", told, StringComparison.Ordinal);
        Assert.Contains("search=a.example.com b.example.com", told, StringComparison.Ordinal);
        Assert.Contains("ntpsrv=10.0.0.1 10.0.0.2", told, StringComparison.Ordinal);
        Assert.Contains("tftp=tftp.example.com\n", told, StringComparison.Ordinal);
        Assert.Contains("bootfile=pxe/\"linux\",0\n", told, StringComparison.Ordinal);
        Assert.Contains($"opt240={Convert.ToHexStringLower("a \"b\", c"u8)}", told, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("mtu=1400", told, StringComparison.Ordinal);
        Assert.Equal(
            "front-1\nsearch a.example.com b.example.com\nnameserver 10.88.0.53\nnameserver 192.0.2.53\n1400\n",
            applied
        );
    }

    [Fact]
    public async Task ManifestSaysNothing_TheGuestHasTheMachinesNameAndThePodsResolver()
    {
        GuestMachine machine = NewMachine("untold");
        await machine.ApplyAsync();
        await machine.WaitForGuestAsync();
        string[] podsServers =
        [
            .. (
                await Environment.Node.RunAsync(
                    "sh",
                    "-c",
                    "nsenter -t $(cut -d' ' -f1 /run/fairlead/agent.pid) -m cat /etc/resolv.conf"
                )
            )
                .Split('\n')
                .Where(line => line.StartsWith("nameserver ", StringComparison.Ordinal))
                .Select(line => line["nameserver ".Length..].Trim())
                .Where(server => !server.Contains(':', StringComparison.Ordinal)),
        ];
        await using GuestConsole console = await machine.OpenConsoleAsync();

        Assert.Equal("untold\n", await console.RunAsync("hostname"));
        string resolver = await console.RunAsync("cat /etc/resolv.conf");
        Assert.All(
            podsServers,
            server => Assert.Contains($"nameserver {server}\n", resolver, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task NetworkDataForCloudInit_IsADiskThatTheGuestCanRead()
    {
        GuestMachine machine = NewMachine("seeded");
        machine.Spec = ["networkData: cloud-init", "hostname: front-2"];
        await machine.ApplyAsync("name: net", "name: other");
        VirtualMachine vm = await machine.WaitForGuestAsync();
        await using GuestConsole console = await machine.OpenConsoleAsync();

        string mounted = await console.RunAsync("mkdir /seed; mount -t iso9660 -o ro /dev/vda /seed && ls -1 /seed");
        string metaData = await console.RunAsync("cat /seed/meta-data /seed/user-data");
        using JsonDocument config = JsonDocument.Parse(await console.RunAsync("cat /seed/network-config"));

        Assert.Equal("meta-data\nnetwork-config\nuser-data\n", mounted);
        // What cloud-init finds its disk by.
        string label = await Environment.Node.RunAsync(
            "blkid",
            "-p",
            $"/var/lib/fairlead/agent/cloud-init/{vm.Metadata.Uid}/seed.iso"
        );
        Assert.Contains("LABEL=\"cidata\"", label, StringComparison.Ordinal);
        Assert.Matches(
            $$"""^instance-id: {{vm.Metadata.Uid}}-[0-9a-f]{8}\nlocal-hostname: front-2\n#cloud-config\n{}\n$""",
            metaData
        );
        foreach (InterfaceStatus vnic in vm.Status!.Interfaces)
        {
            JsonElement told = config.RootElement.GetProperty("ethernets").GetProperty(vnic.Name);
            Assert.Equal(vnic.Mac, told.GetProperty("match").GetProperty("macaddress").GetString());
            Assert.Equal($"{vnic.IpAddress}/16", told.GetProperty("addresses")[0].GetString());
        }
    }

    [Fact]
    public async Task VmiInfosource_GuestRenamesItsNicAndMac_StatusShowsWhatTheNetworkGave()
    {
        GuestMachine machine = NewMachine("renamed");
        await machine.ApplyAsync();
        InterfaceStatus before = Assert.Single((await machine.WaitForGuestAsync()).Status!.Interfaces);
        await using GuestConsole console = await machine.OpenConsoleAsync();

        await console.RunAsync(
            "ip link set eth0 down; ip link set eth0 address 02:00:00:00:09:01 name wan; ip link set wan up"
        );
        await machine.WaitForAsync(
            vm => vm.Status!.Conditions.Any(c => c is { Type: "NetworkReady", Status: ConditionStatus.True }),
            "the network is ready still"
        );

        InterfaceStatus after = Assert.Single((await machine.GetAsync()).Status!.Interfaces);
        Assert.Equal(
            (before.Name, before.Mac, before.IpAddress, before.PodInterfaceName),
            (after.Name, after.Mac, after.IpAddress, after.PodInterfaceName)
        );
    }
}
