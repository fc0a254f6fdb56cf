using Fairlead.Libvirt;
using Fairlead.Testing;

namespace Fairlead.Integration.Tests.Libvirt;

public sealed class NetworkTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OpenNetworkWithDhcp_CreatedAndDestroyed_LeavesTheNodeAsItWas()
    {
        await using LibvirtNode node = await LibvirtNode.StartAsync();
        await using LibvirtConnection connection = await node.OpenAsync();
        using LibvirtEventSubscription<NetworkLifecycleEvent> events = await connection.SubscribeNetworkEventsAsync(
            Cancellation
        );
        NodeSnapshot before = await NodeSnapshot.CaptureAsync(node.Node);

        Network network = await connection.CreateNetworkAsync(Xmls.Network("n1", "flbr1"), Cancellation);
        Assert.Equal("flbr1", await network.GetBridgeNameAsync(Cancellation));
        Assert.True(await network.IsActiveAsync(Cancellation));
        Assert.False(await network.IsPersistentAsync(Cancellation));
        Assert.Contains("169.254.75.1/30", await node.Node.RunAsync("ip", "-br", "addr", "show", "flbr1"));
        var xml = NetworkXml.Parse(await network.GetXmlAsync(cancellationToken: Cancellation));
        Assert.Equal("default/web", (string?)xml.Metadata?.Elements().Single().Attribute("key"));
        Assert.Equal("open", xml.ForwardMode);

        await network.DestroyAsync(Cancellation);
        await NodeSnapshot.RestoredAsync(node.Node, before, TimeSpan.FromSeconds(5));
        Assert.Null(await connection.FindNetworkAsync("n1", Cancellation));
        Assert.Equal(NetworkLifecycle.Started, (await events.Reader.ReadAsync(Cancellation)).Kind);
        Assert.Equal(NetworkLifecycle.Stopped, (await events.Reader.ReadAsync(Cancellation)).Kind);
    }

    [Fact]
    public async Task DhcpHostAddedToAnActiveNetwork_IsServed()
    {
        await using LibvirtNode node = await LibvirtNode.StartAsync();
        await using LibvirtConnection connection = await node.OpenAsync();
        Network network = await connection.CreateNetworkAsync(Xmls.Network("n1", "flbr1"), Cancellation);

        await network.UpdateAsync(
            NetworkUpdateCommand.Delete,
            NetworkUpdateSection.IpDhcpHost,
            "<host mac='52:54:00:00:00:01'/>",
            NetworkChange.Live,
            cancellationToken: Cancellation
        );
        await network.UpdateAsync(
            NetworkUpdateCommand.AddLast,
            NetworkUpdateSection.IpDhcpHost,
            "<host mac='52:54:00:00:00:02' ip='169.254.75.2'/>",
            NetworkChange.Live,
            cancellationToken: Cancellation
        );

        string hosts = await node.Node.RunAsync("cat", "/var/lib/libvirt/dnsmasq/n1.hostsfile");
        Assert.Equal("52:54:00:00:00:02,169.254.75.2", hosts.Trim());
        LibvirtException e = await Assert.ThrowsAsync<LibvirtException>(() =>
            network.UpdateAsync(
                NetworkUpdateCommand.AddLast,
                NetworkUpdateSection.IpDhcpHost,
                "<host mac='52:54:00:00:00:02' ip='169.254.75.2'/>",
                NetworkChange.Live,
                cancellationToken: Cancellation
            )
        );
        Assert.Equal(LibvirtErrorCode.VIR_ERR_OPERATION_INVALID, e.Code);
    }

    [Fact]
    public async Task Leases_AreReadAsTheLeaseHelperWroteThem()
    {
        await using LibvirtNode node = await LibvirtNode.StartAsync();
        await using LibvirtConnection connection = await node.OpenAsync();
        Network network = await connection.CreateNetworkAsync(Xmls.Network("n1", "flbr1"), Cancellation);
        Assert.Empty(await network.GetDhcpLeasesAsync(Cancellation));

        // What libvirt's own dnsmasq helper (libvirt_leaseshelper) leaves after an infinite lease and one of an hour.
        long expiry = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds();
        await File.WriteAllTextAsync(
            node.Node.HostPath("/var/lib/libvirt/dnsmasq/flbr1.status"),
            $$"""
            [
              {"ip-address": "169.254.75.2", "mac-address": "52:54:00:00:00:01", "hostname": "web", "expiry-time": 0},
              {"ip-address": "169.254.75.3", "mac-address": "52:54:00:00:00:02", "client-id": "01:02", "expiry-time": {{expiry}}}
            ]
            """,
            Cancellation
        );

        IReadOnlyList<DhcpLease> leases = await network.GetDhcpLeasesAsync(Cancellation);
        Assert.Equal(["169.254.75.2", "169.254.75.3"], leases.Select(lease => lease.Address.ToString()));
        Assert.Equal(["525400000001", "525400000002"], leases.Select(lease => lease.Mac?.ToString()));
        Assert.Equal([null, DateTimeOffset.FromUnixTimeSeconds(expiry)], leases.Select(lease => lease.Expires));
        Assert.Equal(["web", null], leases.Select(lease => lease.Hostname));
        Assert.Equal([null, "01:02"], leases.Select(lease => lease.ClientId));
        Assert.All(leases, lease => Assert.Equal(("flbr1", 30), (lease.InterfaceName, lease.PrefixLength)));
    }
}
