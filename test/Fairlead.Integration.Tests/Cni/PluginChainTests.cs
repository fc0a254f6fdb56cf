using System.Text.Json;
using Fairlead.Cni;
using Fairlead.Testing;

namespace Fairlead.Integration.Tests.Cni;

/// <summary>Chains of the real plugins: ADD, CHECK, DEL, DEL again, and the node as before.</summary>
public sealed class PluginChainTests
{
    private const string Ipv4 =
        """ "ipam":{"type":"host-local","dataDir":"DATA","ranges":[[{"subnet":"10.77.0.0/24"}]],"routes":[{"dst":"0.0.0.0/0"}]} """;
    private const string Ipv6 =
        """ "ipam":{"type":"host-local","dataDir":"DATA","ranges":[[{"subnet":"fd77::/64"}]],"routes":[{"dst":"::/0"}]} """;
    private const string Both =
        """ "ipam":{"type":"host-local","dataDir":"DATA","ranges":[[{"subnet":"10.77.0.0/24"}],[{"subnet":"fd77::/64"}]],"routes":[{"dst":"0.0.0.0/0"},{"dst":"::/0"}]} """;
    private const string Static =
        """ "ipam":{"type":"static","addresses":[{"address":"10.77.0.9/24","gateway":"10.77.0.1"}]} """;
    private const string Portmap = """{"type":"portmap","capabilities":{"portMappings":true},"snat":true}""";
    private const string Tuning =
        """{"type":"tuning","capabilities":{"mac":true},"sysctl":{"net.core.somaxconn":"500"}}""";
    private const string Bandwidth =
        """{"type":"bandwidth","ingressRate":1000000,"ingressBurst":1000000,"egressRate":1000000,"egressBurst":1000000}""";
    private const string Firewall = """{"type":"firewall","backend":"iptables"}""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string, string[], int> Chains { get; } =
        new()
        {
            { "bridge, IPv4", [Bridge(Ipv4)], 1 },
            { "bridge, IPv6", [Bridge(Ipv6)], 1 },
            { "bridge, both", [Bridge(Both)], 2 },
            { "bridge, static", [Bridge(Static)], 1 },
            { "ptp, IPv4", [Ptp(Ipv4)], 1 },
            { "ptp, both", [Ptp(Both)], 2 },
            { "macvlan, both", [Macvlan(Both)], 2 },
            { "bridge and tuning", [Bridge(Ipv4), Tuning], 1 },
            { "bridge, portmap, firewall, IPv4", [Bridge(Ipv4), Portmap, Firewall], 1 },
            { "bridge, portmap, firewall, IPv6", [Bridge(Ipv6), Portmap, Firewall], 1 },
            { "bridge, portmap, both", [Bridge(Both), Portmap], 2 },
            { "ptp, bandwidth", [Ptp(Ipv4), Bandwidth], 1 },
            { "bridge and all but portmap", [Bridge(Both), Tuning, Bandwidth, Firewall], 2 },
        };

    [Theory]
    [MemberData(nameof(Chains))]
    public async Task Chain_AddCheckDeleteTwice_LeavesTheNodeAsBefore(string what, string[] plugins, int addresses)
    {
        Assert.NotEmpty(what);
        await using CniNode node = await CniNode.StartAsync();
        await node.Node.RunAsync("ip", "link", "add", "uplink", "type", "veth", "peer", "name", "far");
        await node.Node.RunAsync("ip", "link", "set", "uplink", "up");
        await node.Node.RunAsync("ip", "link", "set", "far", "up");
        NetworkConfigurationList list = node.List(plugins);
        CniRuntime runtime = node.Runtime();
        // Plugins leave what all attachments share: the bridge, chains of the firewall, files of host-local.
        CniAttachment first = await WithCapabilitiesAsync(node, "first");
        await runtime.AddAsync(list, first, Cancellation);
        await runtime.DeleteAsync(list, first, cancellationToken: Cancellation);
        CniAttachment attachment = await WithCapabilitiesAsync(node, "web");
        NodeSnapshot before = await NodeSnapshot.CaptureAsync(node.Node);

        CniResult result = await runtime.AddAsync(list, attachment, Cancellation);
        // portmap 1.1.1 looks for its rules in the tables of both families, whichever there are: CHECK always fails.
        if (!plugins.Contains(Portmap))
            await runtime.CheckAsync(list, attachment, cancellationToken: Cancellation);

        Assert.Equal(addresses, result.Ips.Count);
        foreach (CniIp ip in result.Ips)
        {
            string shown = await node.Node.RunAsync("ip", "-n", "web", "addr", "show", "eth0");
            Assert.Contains(ip.Address.ToString(), shown, StringComparison.Ordinal);
            CniInterface inside = result.Interfaces[ip.InterfaceIndex!.Value];
            Assert.Equal(attachment.NetnsPath, inside.Sandbox);
            Assert.Contains(inside.Mac!, shown, StringComparison.Ordinal);
        }
        await runtime.DeleteAsync(list, attachment, cancellationToken: Cancellation);
        await runtime.DeleteAsync(list, attachment, cancellationToken: Cancellation);
        await NodeSnapshot.RestoredAsync(node.Node, before, TimeSpan.FromSeconds(10));
        Assert.Empty(await node.ReservationsAsync());
        Assert.Empty(runtime.Cache!.List());
    }

    [Fact]
    public async Task Loopback_AddCheckDelete()
    {
        await using CniNode node = await CniNode.StartAsync();
        NetworkConfigurationList list = node.List("""{"type":"loopback"}""");
        CniRuntime runtime = node.Runtime();
        CniAttachment attachment = await node.CreateContainerAsync("web") with { InterfaceName = "lo" };

        CniResult result = await runtime.AddAsync(list, attachment, Cancellation);
        await runtime.CheckAsync(list, attachment, cancellationToken: Cancellation);

        Assert.Contains(result.Ips, ip => ip.Address.ToString() == "127.0.0.1/8");
        await runtime.DeleteAsync(list, attachment, cancellationToken: Cancellation);
    }

    [Fact]
    public async Task Versions_OfTheRealPluginsAreRead()
    {
        await using CniNode node = await CniNode.StartAsync();
        PluginVersions versions = await node.Runtime().VersionAsync("bridge", Cancellation);
        Assert.Contains(CniVersion.V1_0_0, versions.SupportedVersions);
        Assert.Equal(["mac"], await node.Runtime().ValidateAsync(node.List(Bridge(Ipv4), Tuning), Cancellation));
    }

    [Theory]
    [InlineData("0.3.1")]
    [InlineData("0.2.0")]
    public async Task OldVersion_ItsResultIsReadAndConverts(string version)
    {
        await using CniNode node = await CniNode.StartAsync();
        string json = Sample(node.List(Bridge(Ipv4)).RawBytes).Replace("1.0.0", version, StringComparison.Ordinal);
        NetworkConfigurationList list = NetworkConfigurationList.Parse(System.Text.Encoding.UTF8.GetBytes(json));
        CniRuntime runtime = node.Runtime();
        CniAttachment attachment = await node.CreateContainerAsync("web");

        CniResult result = await runtime.AddAsync(list, attachment, Cancellation);

        Assert.Equal(version, result.CniVersion.ToString());
        Assert.Equal(result.Ips[0].Address, result.ConvertTo(CniVersion.V1_1_0).Ips[0].Address);
        await runtime.DeleteAsync(list, attachment, cancellationToken: Cancellation);
        Assert.Empty(await node.ReservationsAsync());
    }

    private static async Task<CniAttachment> WithCapabilitiesAsync(CniNode node, string name)
    {
        CniAttachment attachment = await node.CreateContainerAsync(name);
        return attachment with
        {
            CapabilityArgs = new Dictionary<string, JsonElement>(StringComparer.Ordinal)
            {
                ["portMappings"] = JsonElement.Parse("""[{"hostPort":8080,"containerPort":80,"protocol":"tcp"}]"""),
                ["mac"] = JsonElement.Parse("\"02:00:00:00:00:77\""),
            },
        };
    }

    private static string Sample(ReadOnlyMemory<byte> bytes) => System.Text.Encoding.UTF8.GetString(bytes.Span);

    private static string Bridge(string ipam) =>
        $$"""{"type":"bridge","bridge":"cni0","isGateway":true,"ipMasq":true,{{ipam}}}""";

    private static string Ptp(string ipam) => $$"""{"type":"ptp","ipMasq":true,{{ipam}}}""";

    private static string Macvlan(string ipam) => $$"""{"type":"macvlan","master":"uplink",{{ipam}}}""";
}
