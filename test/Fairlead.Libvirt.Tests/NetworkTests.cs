using static Fairlead.Libvirt.Tests.TestDriver;

namespace Fairlead.Libvirt.Tests;

public sealed class NetworkTests
{
    [Fact]
    public async Task Defined_StartsAndStops()
    {
        await using LibvirtConnection connection = await OpenAsync();
        Network network = await connection.DefineNetworkAsync(NetworkXml(UniqueName()), Cancellation);
        Assert.False(await network.IsActiveAsync(Cancellation));
        Assert.True(await network.IsPersistentAsync(Cancellation));

        await network.StartAsync(Cancellation);
        Assert.True(await network.IsActiveAsync(Cancellation));
        Assert.Contains(network, await connection.ListNetworksAsync(Cancellation));
        await network.DestroyAsync(Cancellation);
        await network.UndefineAsync(Cancellation);
        Assert.Null(await connection.FindNetworkAsync(network.Name, Cancellation));
    }

    [Fact]
    public async Task TransientDestroyed_IsGone()
    {
        await using LibvirtConnection connection = await OpenAsync();
        Network network = await connection.CreateNetworkAsync(NetworkXml(UniqueName()), Cancellation);
        Assert.Equal(network, await connection.FindNetworkAsync(network.Uuid, Cancellation));
        Assert.Equal(network.Name, await network.GetBridgeNameAsync(Cancellation));
        await network.DestroyAsync(Cancellation);

        Assert.Null(await connection.FindNetworkAsync(network.Uuid, Cancellation));
        LibvirtException e = await FailsAsync(LibvirtErrorCode.VIR_ERR_NO_NETWORK, network.DestroyAsync(Cancellation));
        Assert.True(e.IsAbsent);
    }

    [Fact]
    public async Task CreatedTwice_FailsByCode()
    {
        await using LibvirtConnection connection = await OpenAsync();
        string name = UniqueName();
        Network network = await connection.CreateNetworkAsync(NetworkXml(name), Cancellation);
        LibvirtException e = await Assert.ThrowsAsync<LibvirtException>(() =>
            connection.CreateNetworkAsync(NetworkXml(name), Cancellation)
        );
        Assert.Equal(LibvirtErrorCode.VIR_ERR_OPERATION_FAILED, e.Code);
        await network.DestroyAsync(Cancellation);
    }

    [Fact]
    public async Task DhcpHostAdded_IsInTheXml()
    {
        await using LibvirtConnection connection = await OpenAsync();
        Network network = await connection.CreateNetworkAsync(
            NetworkXml(UniqueName(), "<dhcp><host mac='52:54:00:00:00:01' ip='192.168.77.10'/></dhcp>"),
            Cancellation
        );
        await network.UpdateAsync(
            NetworkUpdateCommand.AddLast,
            NetworkUpdateSection.IpDhcpHost,
            "<host mac='52:54:00:00:00:02' name='web' ip='192.168.77.11'/>",
            NetworkChange.Live,
            cancellationToken: Cancellation
        );

        var xml = Fairlead.Libvirt.NetworkXml.Parse(await network.GetXmlAsync(cancellationToken: Cancellation));
        Assert.Equal(["192.168.77.10", "192.168.77.11"], xml.DhcpHosts.Select(host => host.Address.ToString()));
        Assert.Equal("web", xml.DhcpHosts[1].Hostname);
        await network.DestroyAsync(Cancellation);
    }
}
