using System.Text.Json;
using Fairlead.Cni;
using Fairlead.CniProxy.Client;
using Fairlead.CniProxy.V1;
using Fairlead.CniProxy.Verbs;
using Grpc.Core;

namespace Fairlead.CniProxy.Tests.Verbs;

public sealed class EndpointOptionsTests
{
    public static TheoryData<string> BadIps { get; } =
        new(
            "10.88.0.9",
            "10.88.0.9/33",
            "010.88.0.9/16",
            "x/16",
            "10.88.0.9/16;K8S_POD_NAME=x",
            "fe80::1%eth0/64",
            """10.88.0.9/16","x":"y""",
            ""
        );

    [Fact]
    public void AllOfThem_ReachThePluginsAsCapabilities()
    {
        EndpointOptions options = EndpointOptions.Read(
            new VnicOptions
            {
                Mac = "02:00:00:00:00:09",
                Ips = { "10.88.0.9/16", "fd00::9/64" },
                Bandwidth = new Bandwidth { EgressRate = 8_000_000, EgressBurst = 80_000 },
            }
        );

        CniAttachment attachment = options.ApplyTo(new CniAttachment { ContainerId = "c", InterfaceName = "vmi0" });

        Assert.Equal(["mac", "ips", "bandwidth"], options.Names);
        Assert.Equal("""["10.88.0.9/16","fd00::9/64"]""", attachment.CapabilityArgs["ips"].GetRawText());
        Assert.Equal(
            """{"egressRate":8000000,"egressBurst":80000}""",
            attachment.CapabilityArgs["bandwidth"].GetRawText()
        );
        Assert.Equal(JsonValueKind.String, attachment.CapabilityArgs["mac"].ValueKind);
        Assert.Contains(new("MAC", "02:00:00:00:00:09"), attachment.CniArgs);
    }

    [Fact]
    public void NoOptions_ReachNoPlugin()
    {
        EndpointOptions options = EndpointOptions.Read(new VnicOptions { Bandwidth = new Bandwidth() });

        Assert.Empty(options.Names);
        Assert.Equal("no options", options.ToString());
        Assert.Empty(options.ApplyTo(new CniAttachment { ContainerId = "c", InterfaceName = "v" }).CapabilityArgs);
    }

    [Theory]
    [MemberData(nameof(BadIps))]
    public void BadIp_IsRefused(string ip) => Refused(new VnicOptions { Ips = { ip } });

    [Fact]
    public void SameIpTwice_IsRefused() => Refused(new VnicOptions { Ips = { "10.0.0.1/8", "10.0.0.1/8" } });

    [Fact]
    public void MoreThanEightIps_AreRefused() =>
        Refused(new VnicOptions { Ips = { Enumerable.Range(1, 9).Select(i => $"10.0.0.{i}/8") } });

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    [InlineData(ulong.MaxValue, 1)]
    [InlineData(1, 1UL << 32)]
    public void BadBandwidth_IsRefused(ulong rate, ulong burst)
    {
        Refused(
            new VnicOptions
            {
                Bandwidth = new Bandwidth { IngressRate = rate, IngressBurst = burst },
            }
        );
        Refused(
            new VnicOptions
            {
                Bandwidth = new Bandwidth { EgressRate = rate, EgressBurst = burst },
            }
        );
    }

    private static void Refused(VnicOptions options)
    {
        RpcException e = Assert.Throws<RpcException>(() => EndpointOptions.Read(options));
        Assert.Equal(CniProxyReason.InvalidRequest, e.Trailers.GetValue(CniProxyReason.TrailerKey));
    }
}
