using System.Text.Json;
using Fairlead.Vmi.CloudInit;

namespace Fairlead.Vmi.Tests;

// That Linux and cloud-init can read the disk a guest test shows.
public sealed class SeedDiskTests
{
    [Fact]
    public void NetworkOfBridge_AddressGatewayMtuAndResolver()
    {
        using JsonDocument config = ConfigOf(
            Sample.Endpoint("10.88.0.4/16", "fd00::4/64") with
            {
                Dns = Sample.Endpoint().Dns with { Search = ["a.example.com"] },
            }
        );
        JsonElement vnic = config.RootElement.GetProperty("ethernets").GetProperty("net0");

        Assert.Equal(2, config.RootElement.GetProperty("version").GetInt32());
        Assert.Equal(
            """{"match":{"macaddress":"0a:58:0a:58:00:04"},"mtu":1450,"dhcp4":false,"dhcp6":false,"addresses":["10.88.0.4/16","fd00::4/64"],"routes":[{"to":"0.0.0.0/0","via":"10.88.0.1"}],"nameservers":{"addresses":["10.96.0.10"],"search":["a.example.com"]}}""",
            Compact(vnic)
        );
    }

    [Fact]
    public void NetworkThatRoutes_ReachesItsGatewayFirst()
    {
        using JsonDocument config = ConfigOf(
            Sample.Endpoint("10.99.1.2/32") with
            {
                Routes = [Sample.Route("10.99.1.0/24", "10.88.0.1"), Sample.Route("10.88.0.1/32", null)],
            }
        );
        JsonElement vnic = config.RootElement.GetProperty("ethernets").GetProperty("net0");

        Assert.Equal(
            """[{"to":"10.88.0.1/32","scope":"link"},{"to":"10.99.1.0/24","via":"10.88.0.1"},{"to":"0.0.0.0/0","via":"10.88.0.1","on-link":true}]""",
            Compact(vnic.GetProperty("routes"))
        );
    }

    [Fact]
    public void NetworkWithoutIpam_TheNicIsNamedAndNothingElse()
    {
        using JsonDocument config = ConfigOf(Sample.Endpoint() with { Gateway = null, Dns = new VnicDns() });

        Assert.Equal(
            """{"match":{"macaddress":"0a:58:0a:58:00:04"},"mtu":1450,"dhcp4":false,"dhcp6":false}""",
            Compact(config.RootElement.GetProperty("ethernets").GetProperty("net0"))
        );
    }

    [Fact]
    public void SameFacts_SameOctets() =>
        Assert.Equal(
            SeedDisk.Build(Sample.Uid, "web", [Sample.Record(Sample.Endpoint("10.88.0.4/16"))]),
            SeedDisk.Build(Sample.Uid, "web", [Sample.Record(Sample.Endpoint("10.88.0.4/16"))])
        );

    [Fact]
    public void MoreThanFits_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => FatImage.Build("CIDATA", [("large", new byte[2_000_000])]));

    private static JsonDocument ConfigOf(VnicEndpoint endpoint) =>
        JsonDocument.Parse(NetworkConfig.Build([Sample.Record(endpoint)]));

    private static string Compact(JsonElement element) => JsonSerializer.Serialize(element);
}
