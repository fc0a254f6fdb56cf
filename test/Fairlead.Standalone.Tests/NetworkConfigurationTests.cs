using System.Net;
using Fairlead.Cni;
using Fairlead.Standalone.Networks;

namespace Fairlead.Standalone.Tests;

public sealed class NetworkConfigurationTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    private void Write(string name, string content) => File.WriteAllText(_directory.Of(name), content);

    [Fact]
    public void BundledNetwork_IsAConfigurationListThatSaysWhatItWasMadeOf()
    {
        BundledNetwork network = new("fairlead3", IPNetwork.Parse("10.90.0.0/16"));

        NetworkConfigurationList list = NetworkConfigurationList.Parse(network.ToJson("/state/cni/ipam"));

        Assert.Equal("fairlead", list.Name);
        Assert.Equal("1.0.0", list.CniVersion.ToString());
        PluginConfiguration plugin = Assert.Single(list.Plugins);
        Assert.Equal(("bridge", "host-local"), (plugin.Type, plugin.IpamType));
        Assert.Contains("mac", plugin.Capabilities);
        Assert.Equal(network, BundledNetwork.From(list));
    }

    [Theory]
    [InlineData("""{"type":"ptp"}""")]
    [InlineData("""{"type":"bridge"}""")]
    public void ListThatSomebodyHasChangedToAnotherPlugin_HasNoBridge(string plugin) =>
        Assert.Null(BundledNetwork.From(ListOf(plugin)));

    [Theory]
    [InlineData("""{"type":"bridge","bridge":"br9"}""")]
    [InlineData("""{"type":"bridge","bridge":"br9","ipam":{"type":"dhcp"}}""")]
    [InlineData("""{"type":"bridge","bridge":"br9","ipam":{"ranges":[[]]}}""")]
    [InlineData("""{"type":"bridge","bridge":"br9","ipam":{"ranges":[[{"subnet":"x"}]]}}""")]
    public void ListThatSomebodyHasChangedToAnotherIpam_HasItsBridge(string plugin) =>
        Assert.Equal(new BundledNetwork("br9", null), BundledNetwork.From(ListOf(plugin)));

    [Fact]
    public void MissingOrEmptyDirectory_HasNoConfiguration()
    {
        Assert.False(NetworkChoice.HasConfiguration(_directory.Of("none")));
        Assert.False(NetworkChoice.HasConfiguration(_directory.Path));
    }

    [Fact]
    public void OneGoodFileBesideABrokenOne_IsConfiguration()
    {
        Write("10-broken.conflist", "{");
        Write("20-good.conflist", """{"cniVersion":"1.0.0","name":"good","plugins":[{"type":"ptp"}]}""");

        Assert.True(NetworkChoice.HasConfiguration(_directory.Path));
        Assert.Equal("good", NetworkChoice.Find(_directory.Path, null).Name);
    }

    [Fact]
    public void OnlyBrokenFiles_AreSaidToBeBroken()
    {
        Write("10-broken.conflist", "{");

        EnvironmentException e = Assert.Throws<EnvironmentException>(() =>
            NetworkChoice.HasConfiguration(_directory.Path)
        );

        Assert.Contains("10-broken.conflist", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void UnknownNetwork_IsAnsweredWithTheKnownOnes()
    {
        Write("20-good.conflist", """{"cniVersion":"1.0.0","name":"good","plugins":[{"type":"ptp"}]}""");

        EnvironmentException e = Assert.Throws<EnvironmentException>(() => NetworkChoice.Find(_directory.Path, "bad"));

        Assert.Contains("no network \"bad\", only: good", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MissingPlugin_IsNamedWithItsPackage()
    {
        Write("bridge", "");
        NetworkConfigurationList list = ListOf("""{"type":"bridge","ipam":{"type":"host-local"}}""");

        EnvironmentException e = Assert.Throws<EnvironmentException>(() =>
            NetworkChoice.RequirePlugins(list, [_directory.Path])
        );

        Assert.Contains("\"host-local\"", e.Message, StringComparison.Ordinal);
        Assert.Contains("containernetworking-plugins", e.Message, StringComparison.Ordinal);
    }

    private static NetworkConfigurationList ListOf(string plugin) =>
        NetworkConfigurationList.Parse(
            System.Text.Encoding.UTF8.GetBytes($$"""{"cniVersion":"1.0.0","name":"n","plugins":[{{plugin}}]}""")
        );
}
