using Fairlead.Libvirt;
using Fairlead.Testing;

namespace Fairlead.Integration.Tests.Libvirt;

public sealed class DomainTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EmulatedGuest_FromPausedToDestroyed_LeavesTheNodeAsItWas()
    {
        await using LibvirtNode node = await LibvirtNode.StartAsync();
        await using LibvirtConnection connection = await node.OpenAsync();
        using LibvirtEventSubscription<DomainEvent> events = await connection.SubscribeDomainEventsAsync(Cancellation);
        Network network = await connection.CreateNetworkAsync(Xmls.Network("n1", "flbr1"), Cancellation);
        NodeSnapshot before = await NodeSnapshot.CaptureAsync(node.Node);

        Domain guest = await connection.CreateDomainAsync(
            Xmls.Guest("web", Xmls.Nic("n1", "52:54:00:00:00:01")),
            DomainStartFlags.Paused,
            Cancellation
        );
        Assert.Equal(DomainState.Paused, (await guest.GetStateAsync(Cancellation)).State);
        DomainXml xml = await ReadXmlAsync(guest);
        DomainInterfaceXml nic = Assert.Single(xml.Interfaces);
        Assert.Equal(("qemu", "flbr1", "net0"), (xml.HypervisorType, nic.SourceBridge, nic.Alias));
        Assert.StartsWith("/dev/pts/", Assert.Single(xml.Consoles).Path);
        Assert.Contains("flbr1", await node.Node.RunAsync("ip", "link", "show", nic.TargetDevice!));

        await guest.ResumeAsync(Cancellation);
        await guest.ResetAsync(Cancellation);
        Assert.NotNull((await guest.GetInterfaceStatsAsync(nic.TargetDevice!, Cancellation)).SentPackets);
        await guest.DestroyAsync(cancellationToken: Cancellation);
        await NodeSnapshot.RestoredAsync(node.Node, before, TimeSpan.FromSeconds(5));
        await network.DestroyAsync(Cancellation);

        List<object> seen = [];
        while (seen is not [.., DomainLifecycleDetail.StoppedDestroyed])
        {
            DomainEvent next = await events.Reader.ReadAsync(Cancellation);
            Assert.Equal(guest, next.Domain);
            seen.Add(next is DomainLifecycleEvent lifecycle ? lifecycle.Detail : next.GetType());
        }
        Assert.Equal(DomainLifecycleDetail.StartedBooted, seen[0]);
        Assert.Contains(DomainLifecycleDetail.ResumedUnpaused, seen);
        Assert.Contains(typeof(DomainRebootEvent), seen);
    }

    [Fact]
    public async Task Interface_IsPluggedInUnpluggedFromTheNetworkAndAskedToGo()
    {
        await using LibvirtNode node = await LibvirtNode.StartAsync();
        await using LibvirtConnection connection = await node.OpenAsync();
        using LibvirtEventSubscription<DomainEvent> events = await connection.SubscribeDomainEventsAsync(Cancellation);
        _ = await connection.CreateNetworkAsync(Xmls.Network("n1", "flbr1"), Cancellation);
        Domain guest = await connection.CreateDomainAsync(
            Xmls.Guest(
                "web",
                "<controller type='pci' index='0' model='pcie-root'/><controller type='pci' index='1' model='pcie-root-port'/>"
            ),
            DomainStartFlags.Paused,
            Cancellation
        );

        await guest.AttachDeviceAsync(Xmls.Nic("n1", "52:54:00:00:00:01"), DomainChange.Live, Cancellation);
        DomainInterfaceXml nic = Assert.Single((await ReadXmlAsync(guest)).Interfaces);
        Assert.Equal(InterfaceLinkState.Up, nic.LinkState);
        DomainDeviceAddedEvent added = await NextAsync<DomainDeviceAddedEvent>(events);
        Assert.Equal((guest, nic.Alias), (added.Domain, added.Alias));

        nic.Element.Add(new System.Xml.Linq.XElement("link", new System.Xml.Linq.XAttribute("state", "down")));
        await guest.UpdateDeviceAsync($"{nic.Element}", DomainChange.Live, Cancellation);
        Assert.Equal(InterfaceLinkState.Down, Assert.Single((await ReadXmlAsync(guest)).Interfaces).LinkState);

        // A paused guest cannot answer: asked, but not gone.
        await guest.DetachDeviceByAliasAsync(nic.Alias!, cancellationToken: Cancellation);
        Assert.Single((await ReadXmlAsync(guest)).Interfaces);
        LibvirtException e = await Assert.ThrowsAsync<LibvirtException>(() =>
            guest.DetachDeviceAsync(Xmls.Nic("n1", "52:54:00:00:00:77"), DomainChange.Live, Cancellation)
        );
        Assert.True(e.IsAbsent, e.Message);
        await guest.DestroyAsync(cancellationToken: Cancellation);
    }

    [Fact]
    public async Task SlowCallsInParallel_DoNotBlockQuickOnes()
    {
        await using LibvirtNode node = await LibvirtNode.StartAsync();
        await using LibvirtConnection connection = await node.OpenAsync();
        Task<Domain>[] starting =
        [
            .. Enumerable
                .Range(0, 3)
                .Select(i => connection.CreateDomainAsync(Xmls.Guest($"g{i}"), DomainStartFlags.Paused, Cancellation)),
        ];
        Assert.Empty(await connection.ListNetworksAsync(Cancellation));
        Assert.Contains(starting, task => !task.IsCompleted);
        Domain[] guests = await Task.WhenAll(starting);
        Assert.Equal(3, (await connection.ListDomainsAsync(Cancellation)).Count);
        await Task.WhenAll(guests.Select(guest => guest.DestroyAsync(cancellationToken: Cancellation)));
        Assert.Empty(await connection.ListDomainsAsync(Cancellation));
    }

    [Fact]
    public async Task DomainCapabilities_TellWhatTheEmulatorCan()
    {
        await using LibvirtNode node = await LibvirtNode.StartAsync();
        await using LibvirtConnection connection = await node.OpenAsync();
        string xml = await connection.GetDomainCapabilitiesXmlAsync(
            machine: "q35",
            virtType: "qemu",
            cancellationToken: Cancellation
        );
        Assert.Contains("<domain>qemu</domain>", xml);
        LibvirtVersions versions = await connection.GetVersionAsync(Cancellation);
        Assert.True(versions.Hypervisor.Major >= 4, $"{versions}");
    }

    private static async Task<DomainXml> ReadXmlAsync(Domain domain) =>
        DomainXml.Parse(await domain.GetXmlAsync(cancellationToken: Cancellation));

    private static async Task<T> NextAsync<T>(LibvirtEventSubscription<DomainEvent> events)
        where T : DomainEvent
    {
        while (true)
        {
            if (await events.Reader.ReadAsync(Cancellation) is T next)
                return next;
        }
    }
}
