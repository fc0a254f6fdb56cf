namespace Fairlead.Hosting.Tests;

public sealed class MetricsAddressTests
{
    [Theory]
    [InlineData("127.0.0.1:9477", "127.0.0.1:9477")]
    [InlineData("[::1]:9477", "[::1]:9477")]
    [InlineData(":9477", "[::]:9477")]
    [InlineData("unix:/run/fairlead/metrics.sock", "unix:/run/fairlead/metrics.sock")]
    public void Address_IsRead(string text, string expected)
    {
        Assert.True(MetricsAddress.TryParse(text, out MetricsAddress? address));
        Assert.Equal(expected, address.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("9477")]
    [InlineData("127.0.0.1")]
    [InlineData("localhost:9477")]
    [InlineData(":70000")]
    [InlineData("unix:")]
    public void Else_IsRefused(string text) => Assert.False(MetricsAddress.TryParse(text, out _));
}
