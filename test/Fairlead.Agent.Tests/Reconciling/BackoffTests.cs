using Fairlead.Agent.Reconciling;

namespace Fairlead.Agent.Tests.Reconciling;

public sealed class BackoffTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 4)]
    [InlineData(6, 32)]
    [InlineData(7, 60)]
    [InlineData(1000, 60)]
    [InlineData(int.MaxValue, 60)]
    public void After_DoublesUpToAMinuteGiveOrTakeATenth(int failures, double seconds)
    {
        double[] waits = [.. Enumerable.Range(0, 200).Select(_ => Backoff.After(failures).TotalSeconds)];

        Assert.All(waits, wait => Assert.InRange(wait, seconds * 0.9, seconds * 1.1));
        // Machines that failed together shall not come back together.
        Assert.True(waits.Distinct().Count() > 100);
    }
}
