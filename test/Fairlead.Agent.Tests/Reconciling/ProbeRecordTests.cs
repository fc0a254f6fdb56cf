using Fairlead.Agent.Reconciling;
using Fairlead.Crds;

namespace Fairlead.Agent.Tests.Reconciling;

public sealed class ProbeRecordTests
{
    private static readonly ReadinessProbe s_probe = new()
    {
        InitialDelaySeconds = 20,
        PeriodSeconds = 5,
        SuccessThreshold = 2,
        FailureThreshold = 3,
    };

    [Fact]
    public void FirstQuestion_ComesAfterTheDelay_AndTheOthersEachPeriod()
    {
        ProbeRecord begun = ProbeRecord.Begin(s_probe, Sample.Time, Sample.Time.AddSeconds(7));

        Assert.Equal(Sample.Time.AddSeconds(20), begun.Due);
        DateTimeOffset asked = Sample.Time.AddSeconds(30);
        Assert.Equal(asked.AddSeconds(5), begun.With(s_probe, problem: null, asked).Due);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("+", false)]
    [InlineData("++", true)]
    [InlineData("+-+", false)]
    [InlineData("++--", true)]
    [InlineData("++---", false)]
    [InlineData("++--+--", true)]
    [InlineData("++---+", false)]
    [InlineData("++---++", true)]
    public void Answers_AreCountedInARow(string answers, bool ready)
    {
        ProbeRecord record = ProbeRecord.Begin(s_probe, Sample.Time, Sample.Time);
        foreach (char answer in answers)
            record = record.With(s_probe, answer == '+' ? null : "refused", Sample.Time);

        Assert.Equal(ready, record.IsReady);
    }
}
