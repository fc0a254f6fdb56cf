using System.Net;
using Fairlead.CniProxy.V1;
using Fairlead.Netlink;
using Dns = Fairlead.CniProxy.V1.Dns;

namespace Fairlead.Vmi.Tests;

public sealed class EndpointReaderTests
{
    private static readonly VnicDns s_podDns = new()
    {
        Servers = [IPAddress.Parse("10.96.0.10")],
        Search = ["pod.example"],
    };

    [Fact]
    public void Bridge_AddressGatewayMtuAndMacAreTaken()
    {
        VnicEndpoint endpoint = Read(
            Sample.Result(["10.88.0.4/16 10.88.0.1"], "0.0.0.0/0"),
            // No default route: the pod has one on eth0 already.
            Sample.Kernel(Sample.KernelRoute("10.88.0.0/16"))
        );

        Assert.Equal(["10.88.0.4/16"], endpoint.Addresses.Select(a => a.ToString()));
        Assert.Equal(InterfaceAddress.Parse("10.88.0.4/16"), endpoint.DhcpAddress);
        Assert.Equal("10.88.0.1", endpoint.Gateway?.ToString());
        Assert.Empty(endpoint.Routes);
        Assert.Equal(1450, endpoint.MtuBytes);
        Assert.Equal(Sample.Mac, endpoint.Mac);
    }

    [Fact]
    public void NetworkThatIgnoresTheMac_IsShown()
    {
        MacAddress wanted = MacAddress.Parse("02:00:00:00:00:01");
        VnicEndpoint ignored = Read(Sample.Result(["10.88.0.4/16"]), Sample.Kernel(), wanted);
        VnicEndpoint heeded = Read(Sample.Result(["10.88.0.4/16"]), Sample.Kernel(), Sample.Mac);

        Assert.Equal((wanted, Sample.Mac), (ignored.Mac, ignored.MacOfNetwork));
        Assert.Equal((Sample.Mac, null), (heeded.Mac, heeded.MacOfNetwork));
    }

    // What the ptp plugin was seen to leave on the link.
    [Fact]
    public void Ptp_AddressIsNarrowedAndTheRoutesAreTheLinks()
    {
        VnicEndpoint endpoint = Read(
            Sample.Result(["10.99.1.2/24 10.99.1.1"], "0.0.0.0/0"),
            Sample.Kernel(
                Sample.KernelRoute("0.0.0.0/0", "10.99.1.1"),
                Sample.KernelRoute("10.99.1.0/24", "10.99.1.1"),
                Sample.KernelRoute("10.99.1.1/32")
            )
        );

        Assert.Equal(["10.99.1.2/32"], endpoint.Addresses.Select(a => a.ToString()));
        Assert.Equal("10.99.1.1", endpoint.Gateway?.ToString());
        Assert.Equal([Sample.Route("10.99.1.0/24", "10.99.1.1"), Sample.Route("10.99.1.1/32", null)], endpoint.Routes);
    }

    [Fact]
    public void Ipv6Ptp_AddressIsNarrowedTo128() =>
        Assert.Equal(
            "fd00::2/128",
            Read(
                Sample.Result(["fd00::2/64 fd00::1"]),
                Sample.Kernel(Sample.KernelRoute("fd00::/64", "fd00::1"), Sample.KernelRoute("fd00::1/128"))
            )
                .Addresses[0]
                .ToString()
        );

    [Fact]
    public void SubnetBothOnLinkAndBehindGateway_StaysWide() =>
        Assert.Equal(
            "10.88.0.4/16",
            Read(
                Sample.Result(["10.88.0.4/16"]),
                Sample.Kernel(Sample.KernelRoute("10.88.0.0/16", "10.88.0.1"), Sample.KernelRoute("10.88.0.0/16"))
            )
                .Addresses[0]
                .ToString()
        );

    [Fact]
    public void Calico_GatewayComesFromTheKernel()
    {
        VnicEndpoint endpoint = Read(
            Sample.Result(["10.1.1.5/32"]),
            Sample.Kernel(Sample.KernelRoute("0.0.0.0/0", "169.254.1.1"), Sample.KernelRoute("169.254.1.1/32"))
        );

        Assert.Equal("169.254.1.1", endpoint.Gateway?.ToString());
        Assert.Equal("10.1.1.5/32", endpoint.Addresses[0].ToString());
    }

    [Theory]
    [InlineData("0.0.0.0/0 10.88.0.254", "10.88.0.254")]
    [InlineData("0.0.0.0/0", "10.88.0.1")]
    [InlineData("10.0.0.0/8", null)]
    public void Gateway_IsTheDefaultRoutes_ElseTheAddresses_ElseNone(string route, string? expected) =>
        Assert.Equal(
            expected,
            Read(Sample.Result(["10.88.0.4/16 10.88.0.1"], route), Sample.Kernel()).Gateway?.ToString()
        );

    [Fact]
    public void NoDefaultRoute_NoGateway() =>
        Assert.Null(
            Read(Sample.Result(["10.88.0.4/16 10.88.0.1"]), Sample.Kernel(Sample.KernelRoute("10.88.0.0/16"))).Gateway
        );

    [Fact]
    public void DefaultRouteWithoutGatewayAnywhere_NoGateway() =>
        Assert.Null(Read(Sample.Result(["10.88.0.4/16"], "0.0.0.0/0"), Sample.Kernel()).Gateway);

    [Fact]
    public void SeveralAddresses_KeepTheirOrder_AndTheFirstIpv4IsForDhcp()
    {
        VnicEndpoint endpoint = Read(
            Sample.Result(["fd00::4/64 fd00::1", "10.88.0.4/16 10.88.0.1", "10.89.0.4/16"], "0.0.0.0/0", "::/0"),
            Sample.Kernel()
        );

        Assert.Equal(["fd00::4/64", "10.88.0.4/16", "10.89.0.4/16"], endpoint.Addresses.Select(a => a.ToString()));
        Assert.Equal(InterfaceAddress.Parse("10.88.0.4/16"), endpoint.DhcpAddress);
        Assert.Equal("10.88.0.1", endpoint.Gateway?.ToString());
    }

    [Fact]
    public void Ipv6Only_NothingForDhcp()
    {
        VnicEndpoint endpoint = Read(Sample.Result(["fd00::4/64 fd00::1"], "::/0 fd00::1"), Sample.Kernel());

        Assert.Null(endpoint.DhcpAddress);
        Assert.Null(endpoint.Gateway);
        Assert.Empty(endpoint.Routes);
    }

    [Fact]
    public void NoIpam_NoAddresses() => Assert.Empty(Read(Sample.Result([]), Sample.Kernel()).Addresses);

    [Fact]
    public void Routes_OfResultAndKernel_EachOnce()
    {
        VnicEndpoint endpoint = Read(
            Sample.Result(
                ["10.88.0.4/16 10.88.0.1"],
                "192.168.0.0/16 10.88.0.9",
                "172.16.0.0/12",
                "10.88.0.0/16 10.88.0.1",
                "fd01::/64 fd00::1"
            ),
            Sample.Kernel(
                Sample.KernelRoute("10.88.0.0/16"),
                Sample.KernelRoute("192.168.0.0/16", "10.88.0.9"),
                Sample.KernelRoute("198.51.100.0/24", "10.88.0.7"),
                Sample.KernelRoute("fe80::/64")
            )
        );

        Assert.Equal(
            [
                Sample.Route("192.168.0.0/16", "10.88.0.9"),
                Sample.Route("172.16.0.0/12", "10.88.0.1"),
                Sample.Route("198.51.100.0/24", "10.88.0.7"),
            ],
            endpoint.Routes
        );
    }

    // Option 121 has no words for these: dnsmasq would refuse the whole configuration.
    [Fact]
    public void KernelRoutes_ThatDhcpCannotSay_AreLeftOut()
    {
        Netlink.Route viaIpv6 = Sample.KernelRoute("198.51.100.0/24", "fe80::1");
        Netlink.Route multipath = Sample.KernelRoute("203.0.113.0/24") with { NextHops = [new NextHop(5, null)] };
        Netlink.Route blackhole = Sample.KernelRoute("192.0.2.0/24") with { Type = RouteType.Blackhole };

        Assert.Empty(Read(Sample.Result(["10.88.0.4/16"]), Sample.Kernel(viaIpv6, multipath, blackhole)).Routes);
    }

    [Fact]
    public void RequestedMac_Wins()
    {
        MacAddress wanted = MacAddress.Parse("00:11:22:33:44:55");

        Assert.Equal(
            wanted,
            EndpointReader
                .Read(Sample.Result(["10.88.0.4/16"]), Sample.Kernel(), wanted, s_podDns, DnsChoice.Silent)
                .Mac
        );
    }

    [Fact]
    public void Dns_OfTheNetwork_ReplacesThePods()
    {
        AttachmentResult result = Sample.Result(["10.88.0.4/16"]);
        result.Dns = new Dns { Domain = "net.example" };
        result.Dns.Nameservers.Add(["10.1.1.1", "fd00::53", "not an address"]);
        result.Dns.Search.Add(["net.example", "example."]);

        VnicDns dns = Read(result, Sample.Kernel()).Dns;

        Assert.Equal(["10.1.1.1", "fd00::53"], dns.Servers.Select(s => s.ToString()));
        Assert.Equal(["net.example", "example."], dns.Search);
        Assert.Equal("net.example", dns.Domain);
    }

    [Fact]
    public void Dns_WhereTheNetworkIsSilent_IsThePods()
    {
        Assert.Same(s_podDns, Read(Sample.Result(["10.88.0.4/16"]), Sample.Kernel()).Dns);
        Assert.Same(s_podDns, Read(new AttachmentResult(), Sample.Kernel()).Dns);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a..b")]
    [InlineData("a..")]
    [InlineData("a,option:6")]
    [InlineData("a\nport=53")]
    [InlineData("a b")]
    [InlineData("a\"b")]
    [InlineData("#a")]
    [InlineData("-a")]
    [InlineData("bücher.example")]
    [InlineData("a123456789012345678901234567890123456789012345678901234567890123.example")]
    public void HostileDnsName_IsDropped(string name)
    {
        AttachmentResult result = Sample.Result(["10.88.0.4/16"]);
        result.Dns = new Dns { Domain = name };
        result.Dns.Search.Add([name, "ok.example"]);

        VnicDns dns = Read(result, Sample.Kernel()).Dns;

        Assert.Equal(["ok.example"], dns.Search);
        Assert.Null(dns.Domain);
    }

    [Theory]
    [InlineData("10.88.0.4")]
    [InlineData("10.88.0.4/33")]
    [InlineData("x/16")]
    public void AddressThatIsNone_IsAFormatError(string cidr) =>
        Assert.Throws<FormatException>(() => Read(Sample.Result([cidr]), Sample.Kernel()));

    private static VnicEndpoint Read(AttachmentResult result, KernelView kernel, MacAddress? mac = null) =>
        EndpointReader.Read(result, kernel, mac, s_podDns, DnsChoice.Silent);
}
