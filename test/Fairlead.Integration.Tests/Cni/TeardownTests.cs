using System.Net.NetworkInformation;
using Fairlead.Cni;

namespace Fairlead.Integration.Tests.Cni;

/// <summary>What real plugins keep, and that nothing of it is left behind however an attachment ends.</summary>
public sealed class TeardownTests
{
    private const string Bridge =
        """{"type":"bridge","bridge":"cni0","isGateway":true,"ipam":{"type":"host-local","dataDir":"DATA","ranges":[[{"subnet":"10.78.0.0/29"}]]}}""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SecondPluginFails_LeavesNoReservationHoweverOften()
    {
        await using CniNode node = await CniNode.StartAsync();
        NetworkConfigurationList failing = node.List(Bridge, """{"type":"fails"}""");
        CniRuntime runtime = node.Runtime();
        CniAttachment attachment = await node.CreateContainerAsync("web");

        // A /29 has five addresses to give: without the roll-back the sixth ADD would say that there are none.
        for (int i = 0; i < 7; i++)
        {
            CniException e = await Assert.ThrowsAsync<CniException>(() =>
                runtime.AddAsync(failing, attachment, Cancellation)
            );
            Assert.Equal("on purpose", e.CniMessage);
            Assert.True(e.RolledBack);
            Assert.Empty(e.UndoFailures);
        }

        Assert.Empty(await node.ReservationsAsync());
        Assert.DoesNotContain("eth0", await node.Node.RunAsync("ip", "-n", "web", "link"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task NamespaceGone_DeleteWithoutItFreesTheReservation()
    {
        await using CniNode node = await CniNode.StartAsync();
        NetworkConfigurationList list = node.List(Bridge);
        CniRuntime runtime = node.Runtime();
        CniAttachment attachment = await node.CreateContainerAsync("web");
        CniResult result = await runtime.AddAsync(list, attachment, Cancellation);
        await node.Node.RunAsync("ip", "netns", "delete", "web");
        Assert.Single(await node.ReservationsAsync());

        NetworkConfigurationList recorded = NetworkConfigurationList.Parse(list.RawBytes.Span);
        await runtime.DeleteAsync(recorded, attachment with { NetnsPath = null }, result, Cancellation);

        Assert.Empty(await node.ReservationsAsync());
    }

    [Fact]
    public async Task AddressesExhausted_IsThePluginsOwnError()
    {
        await using CniNode node = await CniNode.StartAsync();
        NetworkConfigurationList list = node.List(Bridge);
        CniRuntime runtime = node.Runtime();
        for (int i = 0; i < 5; i++)
            await runtime.AddAsync(list, await node.CreateContainerAsync($"c{i}"), Cancellation);
        CniAttachment oneTooMany = await node.CreateContainerAsync("c5");

        CniException e = await Assert.ThrowsAsync<CniException>(() => runtime.AddAsync(list, oneTooMany, Cancellation));

        Assert.Equal(CniFailure.PluginError, e.Failure);
        Assert.Equal("bridge", e.Plugin);
        Assert.Equal(5, (await node.ReservationsAsync()).Length);
        await runtime.GcAsync(list, [], Cancellation);
        Assert.Empty(await node.ReservationsAsync());
    }

    [Fact]
    public async Task MacAddress_AskedForByCapabilityAndArgument_IsTheInterfaces()
    {
        await using CniNode node = await CniNode.StartAsync();
        NetworkConfigurationList list = node.List(Bridge, """{"type":"tuning","capabilities":{"mac":true}}""");
        PhysicalAddress mac = PhysicalAddress.Parse("02-11-22-33-44-55");
        CniAttachment attachment = (await node.CreateContainerAsync("web")).WithMacAddress(mac);

        CniResult result = await node.Runtime().AddAsync(list, attachment, Cancellation);

        Assert.Contains(result.Interfaces, i => i.Mac == "02:11:22:33:44:55" && i.Sandbox == attachment.NetnsPath);
        string shown = await node.Node.RunAsync("ip", "-n", "web", "link", "show", "eth0");
        Assert.Contains("02:11:22:33:44:55", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ManyInParallel_EachGetsItsOwnAddress()
    {
        await using CniNode node = await CniNode.StartAsync();
        NetworkConfigurationList list = node.List(
            Bridge.Replace("10.78.0.0/29", "10.78.0.0/24", StringComparison.Ordinal)
        );
        CniRuntime runtime = node.Runtime();
        List<CniAttachment> attachments = [];
        for (int i = 0; i < 12; i++)
            attachments.Add(await node.CreateContainerAsync($"c{i}"));

        CniResult[] results = await Task.WhenAll(attachments.Select(a => runtime.AddAsync(list, a, Cancellation)));

        Assert.Equal(12, results.Select(r => r.Ips[0].Address).Distinct().Count());
        await Task.WhenAll(attachments.Select(a => runtime.DeleteAsync(list, a, cancellationToken: Cancellation)));
        Assert.Empty(await node.ReservationsAsync());
    }
}
