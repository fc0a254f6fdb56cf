using Fairlead.Cli.Commands.Cni;
using Fairlead.Cli.Tests.Fakes;

namespace Fairlead.Cli.Tests.Cni;

public sealed class NetworkNamespaceTests
{
    [Theory]
    [InlineData("web", "/run/netns/web")]
    [InlineData("/var/run/netns/web", "/var/run/netns/web")]
    [InlineData("/run/netns/../netns//web", "/run/netns/web")]
    public void Argument_IsANameOrAPath(string argument, string path) =>
        Assert.Equal(path, NetworkNamespaceArgument.PathOf(argument));

    [Fact]
    public void RelativePath_IsMadeAbsolute() =>
        Assert.Equal(Path.Combine(Environment.CurrentDirectory, "web"), NetworkNamespaceArgument.PathOf("./web"));

    // printf %s /var/run/netns/testing | sha512sum | cut -c-20: what cnitool is documented to use.
    [Fact]
    public void ContainerId_IsCnitools() =>
        Assert.Equal("cnitool-77383ca0a0715733ca6f", NetworkNamespaceArgument.ContainerIdOf("/var/run/netns/testing"));

    [Theory]
    [InlineData("cni add ", "pods")]
    [InlineData("cni gc po", "pods")]
    [InlineData("cni validate ", "pods")]
    [InlineData("cni ver", "version")]
    [InlineData("cni list -o ", "name")]
    public async Task Line_IsCompleted(string line, string expected)
    {
        using CniNode node = new();
        node.Network("pods", "x");
        string whole = $"fairlead {line}";
        if (!line.EndsWith("ver", StringComparison.Ordinal))
            whole = $"fairlead cni --netconfpath {node.Configurations} {line["cni ".Length..]}";

        CliResult result = await new TestCli().RunAsync($"[suggest:{whole.Length}]", whole);

        Assert.Contains(expected, result.Out.Split('\n'));
    }
}
