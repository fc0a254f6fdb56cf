using Fairlead.Crds;
using Fairlead.Guest.Tests.Fixture;

namespace Fairlead.Guest.Tests.Network;

[CollectionDefinition(nameof(TwoMachines))]
public sealed class TwoMachinesTests : ICollectionFixture<TwoMachines>;

/// <summary>
/// Two machines on one network that several tests look at. DHCP is captured from before their start: in the libvirt pod,
/// where it belongs, and on the node, where nothing of it may arrive.
/// </summary>
public sealed class TwoMachines(GuestEnvironment environment) : IAsyncLifetime
{
    private VirtualMachine[]? _objects;
    private DhcpCapture? _inLibvirtPod;
    private DhcpCapture? _onNode;

    public GuestMachine First { get; } = new(environment, "first");

    public GuestMachine Second { get; } = new(environment, "second");

    internal DhcpCapture InLibvirtPod => _inLibvirtPod!;

    internal DhcpCapture OnNode => _onNode!;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>Boots the two, once; returns them as they are when both guests answer.</summary>
    public async Task<IReadOnlyList<VirtualMachine>> StartAsync()
    {
        if (_objects is not null)
            return _objects;
        await environment.StartAsync();
        _inLibvirtPod = DhcpCapture.Start(environment.Node.HostPath(environment.LibvirtPodNamespace));
        _onNode = DhcpCapture.Start($"/proc/{environment.Node.ProcessId}/ns/net");
        await First.ApplyAsync();
        await Second.ApplyAsync();
        _objects = [await First.WaitForGuestAsync(), await Second.WaitForGuestAsync()];
        return _objects;
    }

    public async ValueTask DisposeAsync()
    {
        if (_inLibvirtPod is null || _onNode is null)
            return;
        await environment.FairleadAsync("delete", "vm", "--ignore-not-found", First.Name, Second.Name);
        _inLibvirtPod.Dispose();
        _onNode.Dispose();
    }
}
