using Fairlead.Crds;
using Fairlead.Guest.Tests.Fixture;

namespace Fairlead.Guest.Tests.KubeVirt;

[CollectionDefinition(nameof(CaseMachine))]
public sealed class CaseMachineTests : ICollectionFixture<CaseMachine>;

/// <summary>One machine with a vNIC of each kind, which the cases look at.</summary>
public sealed class CaseMachine(GuestEnvironment environment) : IAsyncLifetime
{
    public const string SecondMac = "02:00:00:00:0c:01";
    public const int NarrowMtu = 1400;

    private const string Directory = "/var/lib/fairlead/cni/net.d";

    private VirtualMachine? _vm;

    public GuestMachine Machine { get; } = new(environment, "case");

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>Boots it, once: eth0 with two queues, eth1 with a MAC of its own, eth2 on a narrow network without IPAM.</summary>
    public async Task<VirtualMachine> StartAsync()
    {
        if (_vm is not null)
            return _vm;
        await environment.StartAsync();
        await File.WriteAllTextAsync(
            environment.Node.HostPath($"{Directory}/60-narrow.conflist"),
            $$"""{"cniVersion": "1.0.0", "name": "narrow", "plugins": [{"type": "bridge", "bridge": "narrow0", "mtu": {{NarrowMtu}}}]}""",
            TestContext.Current.CancellationToken
        );
        Machine.Domain = ["vcpu: 2"];
        await Machine.ApplyAsync(
            "name: queues, driver: {name: qemu, queues: 2}",
            $"name: second, mac: {{address: \"{SecondMac}\"}}",
            "name: narrow, source: {network: narrow}"
        );
        VirtualMachine vm = await Machine.WaitForPhaseAsync(VirtualMachinePhase.Running);
        // The guest answers by the first two; the third has no address.
        foreach (InterfaceStatus vnic in vm.Status!.Interfaces.Take(2))
            await Testing.Eventually.SucceedsAsync(
                () => environment.Pod.GetAsync(vnic.IpAddress!, "/"),
                GuestEnvironment.Patience,
                $"the guest answers at {vnic.IpAddress}"
            );
        return _vm = vm;
    }

    public async ValueTask DisposeAsync()
    {
        if (_vm is not null)
            await environment.FairleadAsync("delete", "vm", "--ignore-not-found", Machine.Name);
    }
}
