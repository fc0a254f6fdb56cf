namespace Fairlead.Vmi;

/// <summary>How long one step took.</summary>
public sealed record StepDuration(string Step, TimeSpan Duration);

/// <summary>Times steps that follow each other.</summary>
public sealed class StepClock(TimeProvider time)
{
    private readonly List<StepDuration> _steps = [];
    private long _begin = time.GetTimestamp();

    public IReadOnlyList<StepDuration> Steps => _steps;

    /// <summary>A step is over; the next one begins.</summary>
    public void Lap(string step)
    {
        long now = time.GetTimestamp();
        _steps.Add(new StepDuration(step, time.GetElapsedTime(_begin, now)));
        _begin = now;
    }
}
