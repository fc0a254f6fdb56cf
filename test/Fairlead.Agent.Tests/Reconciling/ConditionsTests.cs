using Fairlead.Agent.Reconciling;
using Fairlead.Crds;

namespace Fairlead.Agent.Tests.Reconciling;

public sealed class ConditionsTests
{
    private static readonly DateTimeOffset s_later = Sample.Time.AddMinutes(1);

    [Fact]
    public void New_IsAppendedWithItsTime()
    {
        IReadOnlyList<VirtualMachineCondition> conditions = Conditions.Set([], "Ready", true, "R", "m", Sample.Time);

        VirtualMachineCondition ready = Assert.Single(conditions);
        Assert.Equal(ConditionStatus.True, ready.Status);
        Assert.Equal(
            ("Ready", "R", "m", Sample.Time),
            (ready.Type, ready.Reason, ready.Message, ready.LastTransitionTime)
        );
    }

    [Fact]
    public void SameStatus_KeepsTheTimeButTakesTheWords()
    {
        VirtualMachineCondition ready = Assert.Single(
            Conditions.Set(Conditions.Set([], "Ready", false, "A", "a", Sample.Time), "Ready", false, "B", "b", s_later)
        );

        Assert.Equal(("B", "b", Sample.Time), (ready.Reason, ready.Message, ready.LastTransitionTime));
    }

    [Fact]
    public void OtherStatus_MovesTheTime() =>
        Assert.Equal(
            s_later,
            Conditions
                .Set(Conditions.Set([], "Ready", false, "A", "a", Sample.Time), "Ready", true, "B", "b", s_later)[0]
                .LastTransitionTime
        );

    [Fact]
    public void Others_StayInOrder()
    {
        IReadOnlyList<VirtualMachineCondition> conditions = Conditions.Set([], "A", true, "", "", Sample.Time);
        conditions = Conditions.Set(conditions, "B", true, "", "", Sample.Time);
        conditions = Conditions.Set(conditions, "A", false, "", "", s_later);

        Assert.Equal(["A", "B"], conditions.Select(c => c.Type));
        Assert.Equal(Sample.Time, conditions[1].LastTransitionTime);
        Assert.Equal(["B"], Conditions.Remove(conditions, "A").Select(c => c.Type));
        Assert.Equal(["A", "B"], Conditions.Remove(conditions, "C").Select(c => c.Type));
    }
}
