namespace Fairlead.Integration.Tests.CniProxy;

/// <summary>
/// For each step of Add and of Delete: the proxy, the agent, the pod, or all three are killed just there. Afterwards nothing
/// is left that the survivors do not own, what was running is running, and the step can be done again.
/// </summary>
public sealed class CrashMatrixTests
{
    [Theory]
    [InlineData(Victims.Proxy)]
    [InlineData(Victims.Agent)]
    [InlineData(Victims.Pod)]
    [InlineData(Victims.AllThree)]
    public Task KilledAtAnyStepOfAdd_NothingIsLeft(Victims victims) => KillAtAsync(CrashNode.AddPlaces, victims);

    [Theory]
    [InlineData(Victims.Proxy)]
    [InlineData(Victims.Agent)]
    [InlineData(Victims.Pod)]
    [InlineData(Victims.AllThree)]
    public Task KilledAtAnyStepOfDelete_NothingIsLeft(Victims victims) => KillAtAsync(CrashNode.DeletePlaces, victims);

    private static async Task KillAtAsync(string[] places, Victims victims)
    {
        await using CrashNode node = await CrashNode.StartAsync();
        foreach (string place in places)
        {
            try
            {
                await node.KillAtAsync(place, victims);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                throw new InvalidOperationException($"{victims} killed at {place}: {e.Message}", e);
            }
        }

        await node.EndAsync();
    }
}
