using Fairlead.Cli.Tests.Fakes;

namespace Fairlead.Cli.Tests.Cni;

public sealed class ListTests : IDisposable
{
    private readonly CniNode _node = new();

    public void Dispose() => _node.Dispose();

    [Fact]
    public async Task BrokenConfigurations_AreListedWithWhatIsWrongAndWhere()
    {
        BrokenConfigurations.WriteTo(_node);

        CliResult result = await _node.RunAsync("list");

        Assert.Equal("", result.Error);
        Assert.Equal(0, result.ExitCode);
        // The widths follow the length of the test's directory.
        IEnumerable<string> lines = _node.Neutral(result.Out).Split('\n').Select(WithoutAlignment);
        Golden.Equal("list.txt", string.Join('\n', lines));
        Assert.Empty(_node.Calls);
    }

    [Fact]
    public async Task BrokenConfigurations_AsJson()
    {
        BrokenConfigurations.WriteTo(_node);

        CliResult result = await _node.RunAsync("list", "-o", "json");

        Golden.Equal("list.json", _node.Neutral(result.Out));
    }

    [Fact]
    public async Task Names_AreOnePerLine()
    {
        _node.Network("b", "x");
        _node.Network("a", "x");

        Assert.Equal(new CliResult(0, "a\nb\n", ""), await _node.RunAsync("list", "-o", "name"));
    }

    [Fact]
    public async Task DirectoryThatIsNotThere_IsSaid()
    {
        CliResult result = await _node.RunAsync("list", "--netconfpath", "/no/such/directory");

        Assert.Contains("/no/such/directory", result.Out);
        Assert.Equal("No networks found in /no/such/directory.\n", result.Error);
        Assert.Equal(0, result.ExitCode);
    }

    private static string WithoutAlignment(string line) =>
        string.Join(" | ", line.Split("   ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
