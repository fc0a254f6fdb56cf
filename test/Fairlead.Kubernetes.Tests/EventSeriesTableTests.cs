using System.Text;
using Fairlead.Kubernetes.Events;

namespace Fairlead.Kubernetes.Tests;

public sealed class EventSeriesTableTests
{
    private readonly ManualClock _clock = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    [Fact]
    public void SameEventAgain_IsCounted_NotNamedAnew()
    {
        EventSeriesTable table = new(_clock);
        string? name = table.Add(Event("note"));

        Assert.Null(table.Add(Event("note")));
        Assert.Null(table.Add(Event("note")));

        CountedEvent counted = Assert.Single(table.TakeChanged());
        Assert.Equal((name, 3), (counted.Name, counted.Count));
        Assert.Empty(table.TakeChanged());
    }

    [Fact]
    public void SameEvent_AfterSixQuietMinutes_IsNew()
    {
        EventSeriesTable table = new(_clock);
        string? first = table.Add(Event("note"));
        _clock.Now += TimeSpan.FromMinutes(6);

        string? second = table.Add(Event("note"));

        Assert.NotNull(second);
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void ManyDifferentEventsOfOneObject_AreDropped_AndThoseOfAnotherAreNot()
    {
        EventSeriesTable table = new(_clock);

        int named = Enumerable.Range(0, 100).Count(i => table.Add(Event($"note {i}")) is not null);

        Assert.Equal(25, named);
        Assert.NotNull(table.Add(Event("note") with { Name = "other" }));
        _clock.Now += TimeSpan.FromSeconds(12);
        Assert.NotNull(table.Add(Event("later")));
        Assert.Null(table.Add(Event("and later")));
    }

    [Fact]
    public void LongNote_IsCutAtACharacter()
    {
        string cut = EventIdentity.Cut(new string('é', 1000));

        Assert.True(Encoding.UTF8.GetByteCount(cut) <= 1024);
        Assert.EndsWith("é...", cut, StringComparison.Ordinal);
    }

    private static EventIdentity Event(string note) =>
        new("VirtualMachine", "default", "web", "uid", "Normal", "Started", note);
}
