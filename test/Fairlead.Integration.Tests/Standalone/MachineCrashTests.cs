using Fairlead.Integration.Tests.CniProxy;

namespace Fairlead.Integration.Tests.Standalone;

/// <summary>
/// With the real agent and libvirtd: while a machine is being made, and while it is being taken down, the proxy, the agent,
/// the pod with all that is in it, or all three are killed in the middle of an Add or a Delete. After the next
/// <c>fairlead up</c> the machine comes to run, or goes, and everything on the node belongs to a machine that runs.
/// CrashMatrixTests has every step of Add and Delete, with a client in the agent's place.
/// </summary>
public sealed class MachineCrashTests
{
    // Before the first plugin; after the last one, before its result is on record.
    private static readonly (string Add, string Delete)[] s_places =
    [
        ("add-intent", "delete-let-go"),
        ("add-plugins", "delete-intent"),
    ];

    [Theory]
    [InlineData(Victims.Proxy)]
    [InlineData(Victims.Agent)]
    [InlineData(Victims.Pod)]
    [InlineData(Victims.AllThree)]
    public async Task KilledWhileAMachineComesAndGoes_NothingIsLeftThatNoMachineHas(Victims victims)
    {
        await using MachineCrashNode node = await MachineCrashNode.StartAsync();
        foreach ((string add, string delete) in s_places)
        {
            await RunAsync($"{victims} killed at {add}", () => node.CrashWhileComingAsync(add, victims));
            await RunAsync($"{victims} killed at {delete}", () => node.CrashWhileGoingAsync(delete, victims));
        }

        await node.EndAsync();
    }

    private static async Task RunAsync(string what, Func<Task> crash)
    {
        try
        {
            await crash();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new InvalidOperationException($"{what}: {e.Message}", e);
        }
    }
}
