using Fairlead.Controller.Nodes;

namespace Fairlead.Controller.Tests;

public sealed class LeaseClockTests
{
    private static readonly TimeSpan s_duration = TimeSpan.FromSeconds(40);
    private static readonly DateTimeOffset s_renewal = DateTimeOffset.UnixEpoch; // the agent's clock is far off

    private readonly Clock _time = new();
    private readonly LeaseClock _leases;

    public LeaseClockTests() => _leases = new LeaseClock(_time);

    [Fact]
    public void NotRenewedForItsDuration_IsSilent_AndRenewed_IsHeardAgain()
    {
        _leases.Saw("n1", s_renewal, s_duration);
        _time.Seconds += 40;
        Assert.False(_leases.IsSilent("n1"));
        _time.Seconds += 1;
        Assert.True(_leases.IsSilent("n1"));
        Assert.Equal(["n1"], _leases.Silent());

        _leases.Saw("n1", s_renewal.AddSeconds(1), s_duration);
        Assert.False(_leases.IsSilent("n1"));
    }

    [Fact]
    public void SameRenewalSeenAgain_IsNoSignOfLife()
    {
        _leases.Saw("n1", s_renewal, s_duration);
        _time.Seconds += 30;
        _leases.Saw("n1", s_renewal, s_duration);
        _time.Seconds += 11;

        Assert.True(_leases.IsSilent("n1"));
    }

    [Fact]
    public void NeverSeenOrForgotten_IsNotSilent()
    {
        _leases.Saw("n1", s_renewal, s_duration);
        _time.Seconds += 100;
        _leases.Forget("n1");

        Assert.False(_leases.IsSilent("n1"));
        Assert.False(_leases.IsSilent("n2"));
        Assert.False(_leases.IsSilent(null));
    }

    private sealed class Clock : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }
}
