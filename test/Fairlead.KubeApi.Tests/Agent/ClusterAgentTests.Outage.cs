using System.Text.Json.Nodes;
using Fairlead.Guest.Tests.Fixture;
using Fairlead.KubeApi.Tests.Fixture;
using Fairlead.Libvirt;

namespace Fairlead.KubeApi.Tests.Agent;

// A minute without the API server.
public sealed partial class ClusterAgentTests
{
    [Fact]
    public async Task ApiServerIsAwayAndForgetsItsHistory_TheVmRunsOn_AndItsEndIsToldAfterwards()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        using KubernetesClient client = server.Connect();
        await using ClusterControl control = await BeginAsync(server, client);
        using ClusterProxy proxy = await ClusterProxy.StartAsync(environment, server);
        using ClusterAgent agent = await ClusterAgent.StartAsync(environment, server);
        await ReadyAsync(client);
        Footprint before = await Footprint.OfEverythingAsync(environment);
        await control.KubectlAsync("apply", "-f", await ManifestAsync("RerunOnFailure"));
        JsonObject vm = await WaitForRunningAsync(client, notPlacement: null);
        string placement = PlacementOf(vm);

        await server.StopAsync();
        await Task.Delay(TimeSpan.FromSeconds(60), Cancellation);
        await using (LibvirtConnection libvirt = await environment.ConnectToLibvirtAsync())
        {
            Domain domain = (await libvirt.FindDomainAsync("default_web", Cancellation))!;
            Assert.True(await domain.IsActiveAsync(Cancellation));
            await domain.DestroyAsync(cancellationToken: Cancellation);
        }

        await server.StartAgainAsync();
        // What was seen last is no version to go on from any more: 410 Gone.
        string version = "";
        await WaitAsync(
            async () =>
                version = (await client.GetAsync(RawObjects.VirtualMachines, s_vm, Cancellation))["metadata"]![
                    "resourceVersion"
                ]!.ToString(),
            "the type is served again"
        );
        await server.CompactAsync(version);

        await WaitAsync(
            async () =>
            {
                JsonObject over = await client.GetAsync(RawObjects.VirtualMachines, s_vm, Cancellation);
                Assert.Equal("Succeeded", over["status"]!["phase"]!.ToString());
                Assert.Equal(placement, over["status"]!["released"]!.ToString());
                Assert.Null(over["status"]!["placement"]);
            },
            "the API knows that the guest has ended, and where nothing is left of it"
        );

        await control.KubectlAsync("delete", "vm", s_vm.Name, "--wait=false");
        await WaitAsync(
            async () => Assert.Null(await client.FindAsync(RawObjects.VirtualMachines, s_vm, Cancellation)),
            "the object is gone"
        );
        await before.RestoredAsync();
    }
}
