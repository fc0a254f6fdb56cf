namespace Fairlead.Cni.Tests;

public sealed class CniVersionTests
{
    [Theory, Statement(44)]
    [InlineData("0.10.0", "0.9.0", 1)]
    [InlineData("1.0", "1.0.0", 0)]
    [InlineData("1", "1.0.0", 0)]
    [InlineData("", "0.1.0", 0)]
    [InlineData("0.4.0", "1.0.0", -1)]
    public void Versions_CompareNumericallyPerPart(string left, string right, int sign)
    {
        Assert.Equal(sign, Math.Sign(CniVersion.Parse(left).CompareTo(CniVersion.Parse(right))));
        Assert.Equal(sign == 0, CniVersion.Parse(left) == CniVersion.Parse(right));
    }

    [Theory, Statement(44)]
    [InlineData("1.0.0.0")]
    [InlineData("1.x")]
    [InlineData("v1.0.0")]
    [InlineData("1..0")]
    [InlineData("-1.0")]
    [InlineData("1.0.0\n")]
    [InlineData("99999999999.0.0")]
    public void MoreThanThreePartsOrLetters_IsAnError(string text)
    {
        Assert.False(CniVersion.TryParse(text, out _));
        Assert.Throws<CniFormatException>(() => CniVersion.Parse(text));
    }

    [Fact, Statement(44)]
    public void KnownVersions_AreThoseFrom010To110()
    {
        Assert.Equal(
            ["0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"],
            CniVersion.Known.Select(v => v.ToString())
        );
        Assert.False(CniVersion.Parse("0.5.0").IsKnown);
    }

    [Fact]
    public void Text_IsKeptAsWritten() => Assert.Equal("1.0", CniVersion.Parse("1.0").ToString());
}
