using Fairlead.Cli.CommandLine;

namespace Fairlead.Cli.Tests;

public class DurationsTests
{
    [Theory]
    [InlineData("30s", 30_000)]
    [InlineData("2m", 120_000)]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("500ms", 500)]
    [InlineData("1.5s", 1_500)]
    [InlineData("10", 10_000)]
    [InlineData("0", 0)]
    public void Duration_IsRead(string text, int milliseconds)
    {
        Assert.True(Durations.TryParse(text, out TimeSpan value));
        Assert.Equal(milliseconds, value.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("-5s")]
    [InlineData("5x")]
    [InlineData("5 s")]
    [InlineData("1..5s")]
    [InlineData("99999999999999h")]
    [InlineData("1e9s")]
    public void AnythingElse_IsRefused(string text) => Assert.False(Durations.TryParse(text, out _));
}
