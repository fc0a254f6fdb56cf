using System.Text;

namespace Fairlead.Standalone.Tests;

public sealed class EnvironmentPathsTests
{
    [Fact]
    public void NoDirectory_MeansTheMachinesOwn()
    {
        EnvironmentPaths paths = new(null);

        Assert.Equal("/var/lib/fairlead", paths.Persistent);
        Assert.Equal("/run/fairlead/agent/agent.sock", paths.AgentSocket);
    }

    [Fact]
    public void NamedDirectory_HoldsEverything()
    {
        EnvironmentPaths paths = new("/srv/lab/");

        Assert.Equal("/srv/lab/manifests", paths.Manifests);
        Assert.Equal("/srv/lab/run/cni-proxy/proxy.sock", paths.CniProxySocket);
        Assert.Equal("/srv/lab", paths.Persistent);
    }

    [Fact]
    public void TwoDirectories_HaveNamesOfTheirOwn()
    {
        Assert.NotEqual(new EnvironmentPaths("/srv/a").Name, new EnvironmentPaths("/srv/b").Name);
        Assert.Equal(new EnvironmentPaths("/srv/a").Name, new EnvironmentPaths("/srv/b/../a/").Name);
        // It becomes an alias and part of a path.
        Assert.Matches("^fairlead-[0-9a-f]{8}$", new EnvironmentPaths("/srv/a").Name);
    }

    [Fact]
    public void LongestPossibleDirectory_IsTaken_AndOneByteMoreIsRefused()
    {
        const string longest = "/run/cni-proxy/proxy.sock";
        string directory = "/" + new string('d', 107 - longest.Length - 1);
        Assert.Equal(107, Encoding.UTF8.GetByteCount(new EnvironmentPaths(directory).CniProxySocket));

        EnvironmentException e = Assert.Throws<EnvironmentException>(() => new EnvironmentPaths(directory + "d"));

        Assert.Contains("1 bytes too long", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Length_IsCountedInBytes() =>
        Assert.Throws<EnvironmentException>(() => new EnvironmentPaths("/" + new string('ü', 50)));

    [Theory]
    [InlineData("/")]
    [InlineData("/var/lib/libvirt")]
    [InlineData("/var/lib/libvirt/fairlead")]
    [InlineData("/etc/libvirt/x")]
    public void DirectoryThatThePodDoesNotSee_IsRefused(string directory) =>
        Assert.Throws<EnvironmentException>(() => new EnvironmentPaths(directory));
}
