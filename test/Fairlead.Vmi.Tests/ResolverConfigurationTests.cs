namespace Fairlead.Vmi.Tests;

public sealed class ResolverConfigurationTests
{
    [Fact]
    public void ClusterPod_ServersSearchAndDomain()
    {
        VnicDns dns = ResolverConfiguration.Parse([
            "# by the kubelet",
            "search default.svc.cluster.local svc.cluster.local\tcluster.local",
            "nameserver 10.96.0.10",
            "nameserver\tfd00::a  # second",
            "options ndots:5",
        ]);

        Assert.Equal(["10.96.0.10", "fd00::a"], dns.Servers.Select(s => s.ToString()));
        Assert.Equal(["default.svc.cluster.local", "svc.cluster.local", "cluster.local"], dns.Search);
        Assert.Equal("default.svc.cluster.local", dns.Domain);
    }

    [Theory]
    [InlineData("nameserver 127.0.0.53")]
    [InlineData("nameserver ::1")]
    [InlineData("nameserver example.com")]
    [InlineData("nameserver")]
    [InlineData("# nameserver 10.0.0.1")]
    public void ServerThatNoGuestReaches_IsLeftOut(string line) =>
        Assert.Empty(ResolverConfiguration.Parse([line]).Servers);

    [Fact]
    public void SearchAndDomain_TheLastCounts()
    {
        VnicDns dns = ResolverConfiguration.Parse(["search a.example", "domain b.example"]);

        Assert.Equal(["b.example"], dns.Search);
    }

    [Fact]
    public void HostileNames_AreLeftOut()
    {
        VnicDns dns = ResolverConfiguration.Parse(["search ok.example a,b x\"y -dash a..b ."]);

        Assert.Equal(["ok.example"], dns.Search);
    }

    [Fact]
    public void EmptyFile_NothingIsKnown() => Assert.Empty(ResolverConfiguration.Parse([]).Search);
}
