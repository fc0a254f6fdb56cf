using System.Net;
using CsCheck;

namespace Fairlead.Netlink.Tests;

public sealed class InterfaceAddressTests
{
    [Theory]
    [InlineData("10.244.1.7/24", "10.244.1.7", 24, "10.244.1.0/24")]
    [InlineData("10.244.1.7/32", "10.244.1.7", 32, "10.244.1.7/32")]
    [InlineData("10.244.1.7/0", "10.244.1.7", 0, "0.0.0.0/0")]
    [InlineData("fd00:10:244::7/64", "fd00:10:244::7", 64, "fd00:10:244::/64")]
    [InlineData("::1/128", "::1", 128, "::1/128")]
    public void Text_KeepsItsHostPart(string text, string address, int prefixLength, string network)
    {
        InterfaceAddress parsed = InterfaceAddress.Parse(text);

        Assert.Equal(IPAddress.Parse(address), parsed.Address);
        Assert.Equal(prefixLength, parsed.PrefixLength);
        Assert.Equal(text, parsed.ToString());
        Assert.Equal(IPNetwork.Parse(network), parsed.Network);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("10.244.1.7")]
    [InlineData("10.244.1.7/")]
    [InlineData("10.244.1.7/33")]
    [InlineData("10.244.1.7/-1")]
    [InlineData("10.244.1.7/+24")]
    [InlineData("10.244.1.7/024")]
    [InlineData("10.244.1.7/ 24")]
    [InlineData("10.244.1.7/24/8")]
    [InlineData("10.244.1.7/255.255.255.0")]
    [InlineData("10.244.7/24")]
    [InlineData("010.244.1.7/24")]
    [InlineData("0x0a.1.1.1/24")]
    [InlineData("fd00::7/129")]
    [InlineData("fe80::1%eth0/64")]
    [InlineData("[fd00::7]/64")]
    [InlineData("name/24")]
    public void OtherText_IsRefused(string? text)
    {
        Assert.False(InterfaceAddress.TryParse(text, out _));
        Assert.Throws<FormatException>(() => InterfaceAddress.Parse(text!));
    }

    [Fact]
    public void AnyAddress_SurvivesText_AndItsNetworkContainsIt() =>
        Generators.InterfaceAddress.Sample(address =>
        {
            Assert.Equal(address, InterfaceAddress.Parse(address.ToString()));
            Assert.True(address.Network.Contains(address.Address));
            Assert.Equal(address.PrefixLength, address.Network.PrefixLength);
        });
}
