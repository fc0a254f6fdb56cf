using Fairlead.Cli.CommandLine;

namespace Fairlead.Cli.Tests;

public class LabelSelectorTests
{
    private static readonly Dictionary<string, string> Labels = new() { ["app"] = "web", ["example.org/tier"] = "" };

    [Theory]
    [InlineData("", true)]
    [InlineData("app=web", true)]
    [InlineData("app==web", true)]
    [InlineData(" app = web ", true)]
    [InlineData("app=db", false)]
    [InlineData("app!=db", true)]
    [InlineData("none!=db", true)]
    [InlineData("none=db", false)]
    [InlineData("app", true)]
    [InlineData("!none", true)]
    [InlineData("!app", false)]
    [InlineData("example.org/tier=", true)]
    [InlineData("app in (db,web)", true)]
    [InlineData("app notin (db,web)", false)]
    [InlineData("none notin (db)", true)]
    [InlineData("app in (db,web),!none,app!=x", true)]
    public void Selector_MatchesAsInKubernetes(string selector, bool matches) =>
        Assert.Equal(matches, LabelSelector.Parse(selector).Matches(Labels));

    [Theory]
    [InlineData("a b")]
    [InlineData("a in b")]
    [InlineData("a of (b)")]
    [InlineData("=b")]
    [InlineData("a,,b")]
    [InlineData("in (b)")]
    public void NoSelector_IsAUsageError(string selector)
    {
        CliException error = Assert.Throws<CliException>(() => LabelSelector.Parse(selector));

        Assert.Equal(ExitCodes.Usage, error.ExitCode);
        Assert.StartsWith($"the selector \"{selector}\" cannot be read: ", error.Message);
    }
}
