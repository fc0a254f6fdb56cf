using System.Net;
using System.Xml.Linq;
using Fairlead.Libvirt;

namespace Fairlead.Vmi.Tests;

public sealed class DhcpNetworkTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void NetworkOfBridge() => Golden.AssertXml(Build(Sample.Endpoint("10.88.0.4/16")));

    [Fact]
    public void NetworkOfPtp() => Golden.AssertXml(Build(Ptp()));

    [Fact]
    public void NetworkWithoutIpam() => Golden.AssertXml(Build(Sample.Endpoint() with { Gateway = null }));

    [Fact]
    public void NetworkWithEverything() =>
        Golden.AssertXml(
            Build(
                Sample.Endpoint("10.88.0.4/16", "fd00::4/64") with
                {
                    Routes = [Sample.Route("192.168.0.0/16", "10.88.0.9"), Sample.Route("198.51.100.0/24", null)],
                    Dns = new VnicDns
                    {
                        Servers =
                        [
                            IPAddress.Parse("10.96.0.10"),
                            IPAddress.Parse("fd00::a"),
                            IPAddress.Parse("10.96.0.11"),
                        ],
                        Search = ["default.svc.cluster.local", "cluster.local"],
                        Domain = "default.svc.cluster.local",
                    },
                }
            )
        );

    [Fact]
    public void Slash16_ServesItsSubnetAndNoClasslessRoutes()
    {
        string[] options = Options(Sample.Endpoint("10.88.0.4/16"));

        Assert.Equal($"shared-network={Sample.Names.Bridge},10.88.0.4", options[0]);
        Assert.Equal("dhcp-range=10.88.0.0,static,255.255.0.0,infinite", options[1]);
        Assert.Contains("dhcp-option=3,10.88.0.1", options);
        Assert.DoesNotContain(options, o => o.StartsWith("dhcp-option=121", StringComparison.Ordinal));
    }

    // RFC 3442: on-link routes first, the default route last; each destination once.
    [Fact]
    public void GatewayOffLink_Option121LeadsThereFirst()
    {
        string[] options = Options(Ptp());

        Assert.Contains("dhcp-range=10.99.1.2,static,255.255.255.255,infinite", options);
        Assert.Equal("dhcp-option=121,10.99.1.1/32,0.0.0.0,10.99.1.0/24,10.99.1.1,0.0.0.0/0,10.99.1.1", options[^1]);
    }

    [Fact]
    public void RoutesButNoGateway_Option121HasNoDefaultRoute() =>
        Assert.Equal(
            "dhcp-option=121,192.168.0.0/16,10.88.0.9",
            Options(
                Sample.Endpoint("10.88.0.4/16") with
                {
                    Gateway = null,
                    Routes = [Sample.Route("192.168.0.0/16", "10.88.0.9")],
                }
            )[^1]
        );

    // An empty option keeps dnsmasq from announcing itself as router and resolver.
    [Fact]
    public void NoGatewayNoDns_OptionsAreEmptied()
    {
        string[] options = Options(Sample.Endpoint("10.88.0.4/16") with { Gateway = null, Dns = new VnicDns() });

        Assert.Contains("dhcp-option=3", options);
        Assert.Contains("dhcp-option=6", options);
    }

    [Theory]
    [InlineData("10.0.0.1/0", "0.0.0.0")]
    [InlineData("10.0.0.1/1", "128.0.0.0")]
    [InlineData("10.0.0.1/23", "255.255.254.0")]
    [InlineData("10.0.0.1/32", "255.255.255.255")]
    public void Range_HasTheMaskOfThePrefix(string address, string mask) =>
        Assert.EndsWith($",static,{mask},infinite", Options(Sample.Endpoint(address))[1], StringComparison.Ordinal);

    // dnsmasq refuses an option of more than 255 bytes, and with it the whole network; resolv.conf(5) allows 2048.
    [Fact]
    public void SearchListTooLongForTheOption_IsCutAtAName()
    {
        string[] search = [.. Enumerable.Range(0, 32).Select(i => $"namespace-{i:00}.svc.cluster.local")];
        VnicEndpoint endpoint = Sample.Endpoint("10.88.0.4/16") with { Dns = new VnicDns { Search = search } };

        string option = Options(endpoint).Single(o => o.StartsWith("dhcp-option=119,", StringComparison.Ordinal));

        string[] names = option.Split(',')[1..];
        Assert.Equal(search[..names.Length], names);
        Assert.InRange(names.Sum(n => n.Length + 2), 200, 255);
    }

    // As octets: dnsmasq would make an address of one, two options of another.
    [Fact]
    public void OptionsOfTheManifest_AreGivenAsOctets()
    {
        GuestFacts facts = new()
        {
            Hostname = "other",
            MtuBytes = 1300,
            TftpServerName = "10.0.0.5",
            BootFileName = "a,\"b\\c",
            NtpServers = [IPAddress.Parse("10.0.0.1"), IPAddress.Parse("10.0.0.2")],
            PrivateOptions = [new PrivateOption(240, "x\"y"), new PrivateOption(254, "7")],
        };

        XElement network = DhcpNetwork.BuildXml(Sample.Record(Sample.Endpoint("10.88.0.4/16")) with { Facts = facts });

        string[] options = OptionsOf(network);
        Assert.Contains("dhcp-option=42,10.0.0.1,10.0.0.2", options);
        Assert.Contains("dhcp-option=66,\"10.0.0.5\"", options);
        Assert.Contains("dhcp-option=67,\"a,\\\"b\\\\c\"", options);
        Assert.Contains("dhcp-option=240,78:22:79", options);
        Assert.Contains("dhcp-option=254,55", options);
        Assert.Equal("other", network.Descendants("host").Single().Attribute("name")!.Value);
        Assert.Equal("1300", network.Element("mtu")!.Attribute("size")!.Value);
    }

    [Fact]
    public void Mtu_OfTheManifest_NeverRaisesTheEndpoints()
    {
        GuestFacts facts = new() { Hostname = "web", MtuBytes = 9000 };

        XElement network = DhcpNetwork.BuildXml(Sample.Record(Sample.Endpoint()) with { Facts = facts });

        Assert.Equal("1450", network.Element("mtu")!.Attribute("size")!.Value);
    }

    [Fact]
    public void NoEndpointYet_IsTheCallersBug() =>
        Assert.Throws<ArgumentException>(() => DhcpNetwork.BuildXml(Sample.Record(endpoint: null)));

    [Fact]
    public void Digest_IsTheSameForTheSameAndOtherForAnother()
    {
        XElement network = Build(Sample.Endpoint("10.88.0.4/16"));

        Assert.True(DhcpNetwork.IsMadeFrom(network, Build(Sample.Endpoint("10.88.0.4/16")).ToString()));
        Assert.False(DhcpNetwork.IsMadeFrom(network, Build(Sample.Endpoint("10.88.0.5/16")).ToString()));
        Assert.False(
            DhcpNetwork.IsMadeFrom(network, Build(Sample.Endpoint("10.88.0.4/16") with { MtuBytes = 1400 }).ToString())
        );
    }

    [Theory]
    [InlineData("<network><name>default_web_net0</name></network>")]
    [InlineData("<network><metadata><other xmlns='urn:x'/></metadata></network>")]
    [InlineData("<network><metadata><f:attachment xmlns:f='https://fairlead.dev/libvirt/v1'/></metadata></network>")]
    public void NetworkWithoutOurDigest_IsNotOurs(string xml) =>
        Assert.False(DhcpNetwork.IsMadeFrom(Build(Sample.Endpoint("10.88.0.4/16")), xml));

    // libvirt adds a UUID and the bridge's MAC, and orders elements its own way.
    [Fact]
    public async Task Digest_IsRecognisedInWhatLibvirtShows()
    {
        XElement network = Build(Sample.Endpoint("10.88.0.4/16"));
        await using LibvirtConnection connection = await LibvirtConnection.OpenAsync(
            "test:///default",
            cancellationToken: Cancellation
        );
        Network created = await connection.CreateNetworkAsync(network.ToString(), cancellationToken: Cancellation);
        try
        {
            string shown = await created.GetXmlAsync(cancellationToken: Cancellation);

            Assert.Contains("<uuid>", shown, StringComparison.Ordinal);
            Assert.True(DhcpNetwork.IsMadeFrom(network, shown));
            Assert.Equal(Sample.Uid, DhcpNetwork.MarkOf(XElement.Parse(shown))?.Attribute("uid")?.Value);
        }
        finally
        {
            await created.DestroyAsync(Cancellation);
        }
    }

    private static VnicEndpoint Ptp() =>
        Sample.Endpoint("10.99.1.2/32") with
        {
            Gateway = IPAddress.Parse("10.99.1.1"),
            Routes = [Sample.Route("10.99.1.0/24", "10.99.1.1"), Sample.Route("10.99.1.1/32", null)],
        };

    private static XElement Build(VnicEndpoint endpoint) => DhcpNetwork.BuildXml(Sample.Record(endpoint));

    private static string[] Options(VnicEndpoint endpoint) => OptionsOf(Build(endpoint));

    private static string[] OptionsOf(XElement network) =>
        [
            .. network
                .Element(DhcpNetwork.Dnsmasq + "options")!
                .Elements()
                .Select(option => option.Attribute("value")!.Value),
        ];
}
