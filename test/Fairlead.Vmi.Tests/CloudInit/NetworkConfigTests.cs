using System.Text;
using Fairlead.Crds;
using Fairlead.Vmi.CloudInit;

namespace Fairlead.Vmi.Tests.CloudInit;

public sealed class NetworkConfigTests
{
    private static VnicEndpoint Silent => Sample.Endpoint() with { Gateway = null, Dns = new VnicDns() };

    [Fact]
    public void VnicOfABridge_HasAllItsAddressesAndTheGateway() =>
        AssertConfig(
            """
            "net0":{"match":{"macaddress":"0a:58:0a:58:00:04"},"mtu":1450,"dhcp4":false,"dhcp6":false,
            "addresses":["10.88.0.4/16","10.89.0.4/16","fd00::4/64"],
            "routes":[{"to":"10.96.0.0/12","via":"10.88.0.9"},{"to":"0.0.0.0/0","via":"10.88.0.1"}],
            "nameservers":{"addresses":["10.96.0.10"],"search":["svc.cluster.local"]}}
            """,
            [new DomainInterface { Name = "net0" }],
            mtuBytes: null,
            (
                "net0",
                Sample.Endpoint("10.88.0.4/16", "10.89.0.4/16", "fd00::4/64") with
                {
                    Routes = [Sample.Route("10.96.0.0/12", "10.88.0.9")],
                    Dns = new VnicDns
                    {
                        Servers = [System.Net.IPAddress.Parse("10.96.0.10")],
                        Search = ["svc.cluster.local"],
                    },
                }
            )
        );

    [Fact]
    public void GatewayThatIsNoNeighbour_IsOnTheLink() =>
        AssertConfig(
            """
            "net0":{"match":{"macaddress":"0a:58:0a:58:00:04"},"mtu":1300,"dhcp4":false,"dhcp6":false,
            "addresses":["10.99.1.2/32"],
            "routes":[{"to":"10.88.0.1/32","scope":"link"},{"to":"0.0.0.0/0","via":"10.88.0.1","on-link":true}],
            "nameservers":{"addresses":["10.96.0.10"],"search":[]}}
            """,
            [new DomainInterface { Name = "net0" }],
            mtuBytes: 1300,
            ("net0", Sample.Endpoint("10.99.1.2/32") with { Routes = [Sample.Route("10.88.0.1/32", null)] })
        );

    [Fact]
    public void VnicWithoutAddress_IsWaitedForByNobody() =>
        AssertConfig(
            """
            "wire":{"match":{"macaddress":"0a:58:0a:58:00:04"},"mtu":1450,"dhcp4":false,"dhcp6":false,"optional":true}
            """,
            [new DomainInterface { Name = "wire" }],
            mtuBytes: null,
            ("wire", Silent)
        );

    [Fact]
    public void OtherNicWithAMac_UsesDhcp_OneWithoutIsLeftOut() =>
        AssertConfig(
            """
            "b":{"match":{"macaddress":"52:54:00:12:34:56"},"dhcp4":true,"optional":true},
            "a":{"match":{"macaddress":"0a:58:0a:58:00:04"},"mtu":1450,"dhcp4":false,"dhcp6":false,"optional":true}
            """,
            [
                new DomainInterface
                {
                    Name = "b",
                    Type = InterfaceTypes.Bridge,
                    Mac = new InterfaceMac { Address = "52:54:00:12:34:56" },
                },
                new DomainInterface { Name = "unknown", Type = InterfaceTypes.Network },
                new DomainInterface { Name = "a" },
            ],
            mtuBytes: null,
            ("a", Silent)
        );

    private static void AssertConfig(
        string ethernets,
        DomainInterface[] interfaces,
        int? mtuBytes,
        params (string Name, VnicEndpoint Endpoint)[] vnics
    )
    {
        byte[] config = NetworkConfig.Build(
            interfaces,
            vnics.ToDictionary(
                v => v.Name,
                v =>
                    Sample.Record(v.Endpoint) with
                    {
                        Vnic = v.Name,
                        Facts = new GuestFacts { Hostname = "web", MtuBytes = mtuBytes },
                    },
                StringComparer.Ordinal
            )
        );

        Assert.Equal(
            "{\"version\":2,\"ethernets\":{" + ethernets.ReplaceLineEndings("") + "}}",
            string.Concat(Encoding.UTF8.GetString(config).Where(c => !char.IsWhiteSpace(c)))
        );
    }
}
