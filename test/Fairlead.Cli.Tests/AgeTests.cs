using Fairlead.Cli.Output;

namespace Fairlead.Cli.Tests;

public class AgeTests
{
    [Theory]
    [InlineData(0, "0s")]
    [InlineData(5, "5s")]
    [InlineData(119, "119s")]
    [InlineData(120, "2m")]
    [InlineData(192, "3m12s")]
    [InlineData((10 * 60) - 1, "9m59s")]
    [InlineData((10 * 60) + 30, "10m")]
    [InlineData((3 * 3600) - 1, "179m")]
    [InlineData(4 * 3600, "4h")]
    [InlineData((4 * 3600) + (5 * 60), "4h5m")]
    [InlineData(8 * 3600, "8h")]
    [InlineData(47 * 3600, "47h")]
    [InlineData(2 * 86400, "2d")]
    [InlineData((2 * 86400) + (3 * 3600), "2d3h")]
    [InlineData(8 * 86400, "8d")]
    [InlineData(729 * 86400L, "729d")]
    [InlineData(730 * 86400L, "2y")]
    [InlineData(740 * 86400L, "2y10d")]
    [InlineData(8 * 365 * 86400L, "8y")]
    public void Span_IsWrittenAsKubectlDoes(long seconds, string text) =>
        Assert.Equal(text, Age.Format(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(-0.5, "0s")]
    [InlineData(-1, "0s")]
    [InlineData(-2, "<invalid>")]
    public void BirthInTheFuture_CountsAsNowOnlyIfNear(double seconds, string text) =>
        Assert.Equal(text, Age.Format(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void NoBirth_IsUnknown() => Assert.Equal("<unknown>", Age.Since(null, TimeProvider.System));
}
