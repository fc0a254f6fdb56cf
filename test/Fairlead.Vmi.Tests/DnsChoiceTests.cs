using System.Net;
using Fairlead.Crds;

namespace Fairlead.Vmi.Tests;

public sealed class DnsChoiceTests
{
    private static readonly VnicDns s_network = Dns("10.0.0.1", "network.example");
    private static readonly VnicDns s_pod = Dns("10.0.0.2", "pod.example");
    private static readonly VnicDns s_config = Dns("10.0.0.3", "config.example");

    // Policy, whether the network said something, the servers wanted in order.
    [Theory]
    [InlineData(null, true, "10.0.0.1 10.0.0.3")]
    [InlineData(null, false, "10.0.0.2 10.0.0.3")]
    [InlineData(DnsPolicies.ClusterFirst, true, "10.0.0.2 10.0.0.3")]
    [InlineData(DnsPolicies.Default, true, "10.0.0.2 10.0.0.3")]
    [InlineData(DnsPolicies.None, true, "10.0.0.3")]
    public void Policy_ChoosesAndTheConfigurationIsAdded(string? policy, bool said, string servers)
    {
        VnicDns dns = new DnsChoice(policy, s_config).Resolve(said ? s_network : null, s_pod);

        Assert.Equal(servers, string.Join(' ', dns.Servers));
        Assert.Equal("config.example", dns.Search[^1]);
        Assert.Equal(dns.Search[0], dns.Domain);
    }

    [Fact]
    public void Silent_IsTheNetworksOwn()
    {
        VnicDns dns = DnsChoice.Silent.Resolve(s_network, s_pod);

        Assert.Equal(s_network.Servers, dns.Servers);
        Assert.Equal(s_network.Search, dns.Search);
    }

    private static VnicDns Dns(string server, string search) =>
        new()
        {
            Servers = [IPAddress.Parse(server)],
            Search = [search],
            Domain = search,
        };
}
