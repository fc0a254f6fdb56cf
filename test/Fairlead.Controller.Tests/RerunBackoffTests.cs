using Fairlead.Controller.Objects;
using Fairlead.Controller.Placement;

namespace Fairlead.Controller.Tests;

public sealed class RerunBackoffTests
{
    private readonly Clock _clock = new();
    private readonly RerunBackoff _backoff;

    public RerunBackoffTests() => _backoff = new RerunBackoff(_clock);

    [Fact]
    public void EndsOneAfterTheOther_WaitLongerAndLonger_UpToFiveMinutes()
    {
        List<double> waits = [];
        for (int i = 0; i < 8; i++)
        {
            _backoff.Placed(Ended);
            _backoff.TakenBack(Ended);
            waits.Add(_backoff.Remaining(Ended).TotalSeconds);
        }

        Assert.Equal([0, 10, 20, 40, 80, 160, 300, 300], waits);
        _clock.Now += TimeSpan.FromSeconds(299);
        Assert.Equal(1, _backoff.Remaining(Ended).TotalSeconds);
    }

    [Fact]
    public void RanLong_OrChanged_OrMoved_DoesNotWait()
    {
        Fail(3);
        Assert.Equal(20, _backoff.Remaining(Ended).TotalSeconds);
        VirtualMachineView changed = Ended with { Metadata = Ended.Metadata with { Generation = 2 } };
        Assert.Equal(TimeSpan.Zero, _backoff.Remaining(changed));

        _backoff.Placed(Ended);
        _clock.Now += TimeSpan.FromMinutes(11);
        _backoff.TakenBack(Ended);
        Assert.Equal(TimeSpan.Zero, _backoff.Remaining(Ended));

        VirtualMachineView moving = Sample.Vm(new VmStatus { Phase = "Pending", ObservedGeneration = 1 });
        _backoff.TakenBack(moving);
        Assert.Equal(TimeSpan.Zero, _backoff.Remaining(moving));
    }

    private static VirtualMachineView Ended => Sample.Vm(new VmStatus { Phase = "Failed", ObservedGeneration = 1 });

    private void Fail(int times)
    {
        for (int i = 0; i < times; i++)
        {
            _backoff.Placed(Ended);
            _backoff.TakenBack(Ended);
        }
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
