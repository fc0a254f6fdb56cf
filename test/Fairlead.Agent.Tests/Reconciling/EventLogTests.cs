using Fairlead.Agent.Reconciling;
using Fairlead.Crds;

namespace Fairlead.Agent.Tests.Reconciling;

public sealed class EventLogTests
{
    private static readonly VirtualMachineKey s_web = Sample.Key("web");

    private readonly ManualTime _time = new();
    private readonly EventLog _events;

    public EventLogTests() => _events = new EventLog(_time);

    [Fact]
    public void SameEventAgain_CountsUpAndMovesItsTime()
    {
        _events.Warning(s_web, "R", "m");
        _time.Advance(TimeSpan.FromSeconds(10));
        _events.Warning(s_web, "R", "m");
        _events.Warning(s_web, "R", "m");

        VmEvent only = Assert.Single(_events.List(s_web));
        Assert.Equal((3, _time.GetUtcNow(), true), (only.Count, only.Time, only.IsWarning));
    }

    [Fact]
    public void OtherReasonMessageOrKind_IsAnEventOfItsOwn()
    {
        _events.Normal(s_web, "R", "m");
        _events.Warning(s_web, "R", "m");
        _events.Warning(s_web, "R2", "m");
        _events.Warning(s_web, "R2", "m2");

        Assert.Equal([1, 1, 1, 1], _events.List(s_web).Select(e => e.Count));
    }

    [Fact]
    public void Machines_HaveTheirOwn()
    {
        _events.Normal(s_web, "R", "m");

        Assert.Empty(_events.List(Sample.Key("db")));
        _events.Forget(s_web);
        Assert.Empty(_events.List(s_web));
    }

    [Fact]
    public void MoreThanFifty_TheOldestGo()
    {
        for (int i = 0; i < 60; i++)
            _events.Normal(s_web, "R", $"m{i}");

        IReadOnlyList<VmEvent> kept = _events.List(s_web);
        Assert.Equal(50, kept.Count);
        Assert.Equal(("m10", "m59"), (kept[0].Message, kept[^1].Message));
    }
}
