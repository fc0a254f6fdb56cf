using Fairlead.CniProxy.V1;

namespace Fairlead.Vmi.Tests;

public sealed class NetworkCatalogTests
{
    [Theory]
    [InlineData("macvlan")]
    [InlineData("ipvlan")]
    [InlineData("host-device")]
    [InlineData("sriov")]
    public void PluginThatCannotBeBridged_IsRefusedWithWhatToUse(string plugin)
    {
        Network network = Offer("wrong", plugin, "tuning");
        Network[] offers = [network, Offer("podnet", "bridge", "portmap")];

        string? refusal = NetworkCatalog.RefusalOf(network, offers);

        Assert.Contains($"network wrong is of plugin {plugin}", refusal, StringComparison.Ordinal);
        Assert.Contains("use a network of plugin bridge or ptp (here: podnet)", refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bridge")]
    [InlineData("ptp")]
    [InlineData("calico")]
    public void OtherPlugins_AreTaken(string plugin) => Assert.Null(NetworkCatalog.RefusalOf(Offer("net", plugin), []));

    private static Network Offer(string name, params string[] plugins)
    {
        Network network = new() { Name = name };
        network.Plugins.Add(plugins);
        return network;
    }
}
