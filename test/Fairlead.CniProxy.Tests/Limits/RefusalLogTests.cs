using Fairlead.CniProxy.Limits;
using Fairlead.CniProxy.Peers;
using Microsoft.Extensions.Logging;

namespace Fairlead.CniProxy.Tests.Limits;

public sealed class RefusalLogTests : IDisposable
{
    private readonly OnePeriod _time = new();
    private readonly Lines _lines = new();
    private readonly RefusalLog _log;

    public RefusalLogTests() => _log = new RefusalLog(_time, _lines);

    public void Dispose() => _log.Dispose();

    [Fact]
    public void FirstOnes_AreToldWithWhoAndWhy()
    {
        _log.Write("/Add", "pod a/b", "QuotaExceeded", "it has 128", new Peer(7, 0, Namespaces: null));

        string line = Assert.Single(_lines);
        Assert.StartsWith(
            "refused /Add of pod a/b: QuotaExceeded: it has 128 (pid 7, uid 0",
            line,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void TenThousand_AreFewLines_AndTheRestIsCounted()
    {
        RefuseMany(10_000, "pod a/b");
        Assert.Equal(RefusalLog.MostOfOneCaller, _lines.Count);

        _time.End();

        Assert.Equal(RefusalLog.MostOfOneCaller + 1, _lines.Count);
        Assert.StartsWith("refused 9980 more times what pod a/b asked for", _lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void OneThatFloods_HidesNobodyElse()
    {
        RefuseMany(10_000, "pod a/b");

        RefuseMany(1, "pod c/d");

        Assert.Contains("of pod c/d", _lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void PeriodIsOver_ItIsToldAgain()
    {
        RefuseMany(RefusalLog.MostOfOneCaller, "pod a/b");
        _time.End();
        Assert.Equal(RefusalLog.MostOfOneCaller, _lines.Count); // nothing was left out, and nothing is said

        RefuseMany(1, "pod a/b");

        Assert.Equal(RefusalLog.MostOfOneCaller + 1, _lines.Count);
    }

    [Fact]
    public void ProxyEnds_CountsAreTold()
    {
        RefuseMany(RefusalLog.MostOfOneCaller + 5, "pod a/b");

        _log.Dispose();

        Assert.StartsWith("refused 5 more times", _lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void ReasonThatQuotesTheCaller_IsCutOff_AndSaysNothingToATerminal()
    {
        _log.Write("/Add", "pod a/b", "InvalidRequest", "\e[2J" + new string('x', 60_000), peer: null);

        Assert.InRange(Assert.Single(_lines).Length, 100, 1000);
        Assert.DoesNotContain('\e', _lines[0]);
    }

    private void RefuseMany(int count, string caller)
    {
        for (int i = 0; i < count; i++)
            _log.Write("/Add", caller, "QuotaExceeded", "it has 128", peer: null);
    }

    private sealed class Lines : List<string>, ILogger<RefusalLog>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => Add(formatter(state, exception));
    }

    /// <summary>A clock whose timers go off when the test says so.</summary>
    private sealed class OnePeriod : TimeProvider
    {
        private readonly List<Timer> _timers = [];

        public void End()
        {
            foreach (Timer timer in _timers.ToArray())
                timer.GoOff();
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Assert.Equal(RefusalLog.Period, dueTime);
            Timer timer = new(this, () => callback(state));
            _timers.Add(timer);
            return timer;
        }

        private sealed class Timer(OnePeriod owner, Action goOff) : ITimer
        {
            public void GoOff() => goOff();

            public bool Change(TimeSpan dueTime, TimeSpan period) => throw new NotSupportedException();

            public void Dispose() => owner._timers.Remove(this);

            public ValueTask DisposeAsync()
            {
                Dispose();
                return ValueTask.CompletedTask;
            }
        }
    }
}
