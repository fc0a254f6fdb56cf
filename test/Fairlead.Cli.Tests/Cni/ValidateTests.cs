using Fairlead.Cli.Tests.Fakes;

namespace Fairlead.Cli.Tests.Cni;

public sealed class ValidateTests : IDisposable
{
    private readonly CniNode _node = new();

    public void Dispose() => _node.Dispose();

    [Fact]
    public async Task BrokenConfigurations_EachGetALineThatSaysWhatAndWhere()
    {
        BrokenConfigurations.WriteTo(_node);

        CliResult result = await _node.RunAsync("validate");

        Assert.Equal("", result.Error);
        Assert.Equal(1, result.ExitCode);
        Golden.Equal("validate.txt", _node.Neutral(result.Out));
        // Each once, and only for its version.
        Assert.Equal(
            ["bridge VERSION", "dumb VERSION", "host-local VERSION", "portmap VERSION"],
            _node.Calls.Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task BrokenConfigurations_AsJson()
    {
        BrokenConfigurations.WriteTo(_node);

        CliResult result = await _node.RunAsync("validate", "-o", "json", "--without-plugins");

        Assert.Equal(1, result.ExitCode);
        Golden.Equal("validate.json", _node.Neutral(result.Out));
        Assert.Empty(_node.Calls);
    }

    [Fact]
    public async Task GoodConfigurations_AreOk()
    {
        _node.Plugin("first");
        _node.Network("pods", "first");

        CliResult result = await _node.RunAsync("validate");

        Assert.Equal(
            new CliResult(0, "ROOT/net.d/pods.conflist: network pods: ok\n", ""),
            result with
            {
                Out = _node.Neutral(result.Out),
            }
        );
    }

    [Theory]
    [InlineData("../../bin/sh")]
    [InlineData("\\u001b[31mred")]
    public async Task TypeThatIsNoFileName_IsAFindingWithoutAskingPlugins(string type)
    {
        _node.Configure("10-x.conflist", $$"""{"cniVersion":"1.0.0","name":"x","plugins":[{"type":"{{type}}"}]}""");

        CliResult without = await _node.RunAsync("validate", "--without-plugins");
        CliResult with = await _node.RunAsync("validate");
        CliResult list = await _node.RunAsync("list");

        Assert.Equal(1, without.ExitCode);
        Assert.Contains("is no file name", without.Out, StringComparison.Ordinal);
        Assert.Equal(without, with);
        // A terminal would obey it.
        Assert.DoesNotContain('\u001b', without.Out + list.Out);
    }

    [Fact]
    public async Task NamesAndFiles_AreLookedAtAlone()
    {
        BrokenConfigurations.WriteTo(_node);
        string file = Path.Combine(_node.Configurations, "14-empty.conflist");

        CliResult good = await _node.RunAsync("validate", "good");
        CliResult mixed = await _node.RunAsync("validate", "good", file, "goof");

        Assert.Equal(0, good.ExitCode);
        Assert.Equal(1, mixed.ExitCode);
        string[] lines = _node.Neutral(mixed.Out).Split('\n');
        Assert.Equal("ROOT/net.d/10-good.conflist: network good: ok", lines[0]);
        Assert.StartsWith("ROOT/net.d/14-empty.conflist: $.plugins: must list at least one plugin", lines[1]);
        Assert.StartsWith("ROOT/net.d: there is no network \"goof\"; did you mean good?; skipped ", lines[2]);
    }

    [Theory]
    [InlineData("no/such/file.conflist", "no/such/file.conflist: ")]
    [InlineData("--netconfpath=/no/such/directory", "/no/such/directory: ")]
    public async Task WhatIsNotThere_IsAFinding(string argument, string beginning)
    {
        CliResult result = await _node.RunAsync("validate", argument);

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith(beginning, result.Out);
    }

    [Fact]
    public async Task EmptyDirectory_IsAFinding()
    {
        CliResult result = await _node.RunAsync("validate");

        Assert.Equal(1, result.ExitCode);
        Assert.Equal("ROOT/net.d: there is no network configuration\n", _node.Neutral(result.Out));
    }
}
