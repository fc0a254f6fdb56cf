using Fairlead.Cli.Tests.Fakes;

namespace Fairlead.Cli.Tests;

public class UsageTests
{
    [Theory]
    [InlineData("aply", "unknown command \"aply\" for \"fairlead\"; did you mean apply?", "fairlead")]
    [InlineData("descirbe vm x", "unknown command \"descirbe\" for \"fairlead\"; did you mean describe?", "fairlead")]
    [InlineData("vers", "unknown command \"vers\" for \"fairlead\"; did you mean version?", "fairlead")]
    [InlineData("frobnicate", "unknown command \"frobnicate\" for \"fairlead\"", "fairlead")]
    [InlineData(
        "get vm --wacth",
        "unknown option \"--wacth\" for \"fairlead get\"; did you mean --watch?",
        "fairlead get"
    )]
    [InlineData(
        "get vm --stat-dir=/x",
        "unknown option \"--stat-dir=/x\" for \"fairlead get\"; did you mean --state-dir?",
        "fairlead get"
    )]
    [InlineData(
        "get vm -o xml",
        "unknown output format \"xml\"; there is table, wide, json, yaml, name",
        "fairlead get"
    )]
    [InlineData("apply", "option \"--filename\" is required", "fairlead apply")]
    [InlineData(
        "delete vm --al",
        "unknown option \"--al\" for \"fairlead delete\"; did you mean --all?",
        "fairlead delete"
    )]
    [InlineData("delete vm -x web", "unknown option \"-x\" for \"fairlead delete\"", "fairlead delete")]
    [InlineData("get vm -w=perhaps", "-w: \"perhaps\" is neither true nor false", "fairlead get")]
    public async Task CommandLineThatIsNotUnderstood_SaysWhatWasMeant(string line, string error, string help)
    {
        CliResult result = await new TestCli().RunAsync(line.Split(' '));

        Assert.Equal("", result.Out);
        Assert.StartsWith($"error: {error}", result.Error);
        Assert.EndsWith($"\nSee '{help} --help'.\n", result.Error);
        Assert.Equal(2, result.ExitCode);
    }

    [Theory]
    [InlineData("get", "say which type of object is meant: vm")]
    [InlineData("get pods", "there is no type of object \"pods\"; there is virtualmachines (short: vm, vms)")]
    [InlineData("get pods/x", "there is no type of object \"pods\"; there is virtualmachines (short: vm, vms)")]
    [InlineData("get vm/a/b", "\"vm/a/b\" is not of the form vm/NAME")]
    [InlineData("get vm a -A", "a virtual machine cannot be named across all namespaces; use -n")]
    [InlineData("get vm a -l x=y", "a selector cannot be combined with names")]
    public async Task ObjectsThatAreNotUnderstood_AreAUsageError(string line, string error)
    {
        CliResult result = await new TestCli().RunAsync(line.Split(' '));

        Assert.Equal(new CliResult(2, "", $"error: {error}\n"), result);
    }

    [Fact]
    public async Task WordThatBeginsWithAt_IsNoResponseFile()
    {
        CliResult result = await new TestCli().RunAsync("get", "@response");

        Assert.StartsWith("error: there is no type of object \"@response\"", result.Error);
    }
}
