using System.Net;
using Fairlead.Standalone.Networks;

namespace Fairlead.Standalone.Tests;

public sealed class SubnetChoiceTests
{
    private static string? Choose(params string[] used) =>
        SubnetChoice.Choose(used.Select(IPNetwork.Parse))?.ToString();

    [Fact]
    public void MachineWithNothing_GetsTheFirstCandidate() => Assert.Equal("10.88.0.0/16", Choose());

    [Theory]
    [InlineData("10.88.0.0/16")]
    [InlineData("10.88.7.0/24")]
    [InlineData("10.88.255.255/32")]
    [InlineData("10.88.0.0/15")]
    public void CandidateThatOverlaps_IsPassedOver(string used) => Assert.NotEqual("10.88.0.0/16", Choose(used));

    [Fact]
    public void NeighbouringSubnet_IsNoOverlap() =>
        Assert.Equal("10.88.0.0/16", Choose("10.87.0.0/16", "10.89.0.0/16"));

    [Fact]
    public void AllOfTen_LeavesTheOtherPrivateSpaces()
    {
        Assert.Equal("172.31.0.0/16", Choose("10.0.0.0/8"));
        Assert.Equal("192.168.255.0/24", Choose("10.0.0.0/8", "172.16.0.0/12"));
        Assert.Equal(
            "192.168.3.0/24",
            Choose(
                "10.0.0.0/8",
                "172.16.0.0/12",
                "192.168.128.0/17",
                "192.168.64.0/18",
                "192.168.32.0/19",
                "192.168.16.0/20",
                "192.168.8.0/21",
                "192.168.4.0/22"
            )
        );
    }

    [Fact]
    public void AllPrivateSpaces_LeaveNothing() => Assert.Null(Choose("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"));

    [Theory]
    [InlineData("0.0.0.0/0")]
    [InlineData("0.0.0.0/1")]
    [InlineData("::/0")]
    [InlineData("fd00::/64")]
    public void RouteToEverywhere_ClaimsNothing(string used) => Assert.Equal("10.88.0.0/16", Choose(used));
}
