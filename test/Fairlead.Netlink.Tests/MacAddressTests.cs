using CsCheck;

namespace Fairlead.Netlink.Tests;

public sealed class MacAddressTests
{
    [Theory]
    [InlineData("52:54:00:ab:cd:ef", "52:54:00:ab:cd:ef")]
    [InlineData("52-54-00-AB-CD-EF", "52:54:00:ab:cd:ef")]
    [InlineData("00:00:00:00:00:00", "00:00:00:00:00:00")]
    public void WellFormedText_IsRead(string text, string canonical) =>
        Assert.Equal(canonical, MacAddress.Parse(text).ToString());

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("52:54:00:ab:cd")]
    [InlineData("52:54:00:ab:cd:ef:01")]
    [InlineData("52:54-00:ab:cd:ef")]
    [InlineData("52.54.00.ab.cd.ef")]
    [InlineData("52:54:00:ab:cd:eg")]
    [InlineData("5:254:00:ab:cd:ef")]
    [InlineData("+2:54:00:ab:cd:ef")]
    [InlineData(" 2:54:00:ab:cd:ef")]
    [InlineData("525400abcdef")]
    public void OtherText_IsRefused(string? text)
    {
        Assert.False(MacAddress.TryParse(text, out _));
        Assert.Throws<FormatException>(() => MacAddress.Parse(text!));
    }

    [Theory]
    [InlineData("52:54:00:00:00:01", false, true)]
    [InlineData("01:80:c2:00:00:00", true, false)]
    [InlineData("ff:ff:ff:ff:ff:ff", true, true)]
    [InlineData("00:1b:21:00:00:01", false, false)]
    public void BitsOfTheFirstOctet_AreTold(string text, bool isMulticast, bool isLocallyAdministered)
    {
        MacAddress address = MacAddress.Parse(text);

        Assert.Equal(isMulticast, address.IsMulticast);
        Assert.Equal(isLocallyAdministered, address.IsLocallyAdministered);
    }

    [Fact]
    public void AnyOctets_SurviveTextAndArray() =>
        Gen
            .Byte.Array[MacAddress.Length]
            .Sample(octets =>
            {
                MacAddress address = new(octets);
                Assert.Equal(octets, address.ToArray());
                Assert.Equal(address, MacAddress.Parse(address.ToString()));
                Assert.Equal(address.GetHashCode(), new MacAddress(octets).GetHashCode());
                Assert.Equal(octets[5], address[5]);
            });

    [Fact]
    public void WrongNumberOfOctets_IsACallersBug()
    {
        Assert.Throws<ArgumentException>(() => new MacAddress(new byte[5]));
        Assert.Throws<ArgumentException>(() => default(MacAddress).CopyTo(new byte[5]));
        Assert.Throws<ArgumentOutOfRangeException>(() => default(MacAddress)[6]);
    }
}
