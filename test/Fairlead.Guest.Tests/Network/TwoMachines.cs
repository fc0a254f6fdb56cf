using Fairlead.Crds;
using Fairlead.Guest.Tests.Fixture;

namespace Fairlead.Guest.Tests.Network;

[CollectionDefinition(nameof(TwoMachines))]
public sealed class TwoMachinesTests : ICollectionFixture<TwoMachines>;

/// <summary>Two machines on one network that several tests look at.</summary>
public sealed class TwoMachines(GuestEnvironment environment) : IAsyncLifetime
{
    private VirtualMachine[]? _objects;

    public GuestMachine First { get; } = new(environment, "first");

    public GuestMachine Second { get; } = new(environment, "second");

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>Boots the two, once; returns them as they are when both guests answer.</summary>
    public async Task<IReadOnlyList<VirtualMachine>> StartAsync()
    {
        if (_objects is not null)
            return _objects;
        await environment.StartAsync();
        await First.ApplyAsync();
        await Second.ApplyAsync();
        _objects = [await First.WaitForGuestAsync(), await Second.WaitForGuestAsync()];
        return _objects;
    }

    public async ValueTask DisposeAsync()
    {
        if (_objects is not null)
            await environment.FairleadAsync("delete", "vm", "--ignore-not-found", First.Name, Second.Name);
    }
}
