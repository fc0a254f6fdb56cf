using System.Diagnostics;
using System.Globalization;
using Fairlead.Guest.Tests.Fixture;

namespace Fairlead.Guest.Tests.Soak;

/// <summary>
/// Ten machines that are made, edited, stopped, ended and deleted at random while processes of ours and parts of their
/// networks are taken away. In the end nothing of them is left. <c>make soak MINUTES=30 SEED=1</c>; without a seed it does
/// the same work each time, so that a run that fails is one that this change has broken.
/// </summary>
public sealed class SoakTests(GuestEnvironment environment) : GuestTest(environment)
{
    private static readonly TimeSpan s_duration = TimeSpan.FromMinutes(Setting("FAIRLEAD_SOAK_MINUTES") ?? 1);
    private static readonly int s_seed = (int)(Setting("FAIRLEAD_SOAK_SEED") ?? 8746924);

    [Fact]
    public async Task RandomWork_ThenEverythingDeleted_LeavesNothing()
    {
        Footprint before = await Footprint.OfEverythingAsync(Environment);
        SoakWorld world = new(Environment, new Random(s_seed), Say);
        Say($"seed {s_seed}, {s_duration.TotalMinutes} min");
        foreach (string name in SoakWorld.Names)
            NewMachine(name); // so that a test that fails leaves none of them
        long begin = Stopwatch.GetTimestamp();

        while (Stopwatch.GetElapsedTime(begin) < s_duration)
            await world.StepAsync();

        await world.SettleAsync();
        await world.DeleteAllAsync();
        await before.RestoredAsync();
    }

    private static void Say(string text) => TestContext.Current.TestOutputHelper?.WriteLine(text);

    private static double? Setting(string variable) =>
        System.Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text
            ? double.Parse(text, CultureInfo.InvariantCulture)
            : null;
}
