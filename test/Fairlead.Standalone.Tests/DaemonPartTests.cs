using Fairlead.Standalone.Parts;
using Fairlead.Standalone.Processes;

namespace Fairlead.Standalone.Tests;

public sealed class DaemonPartTests : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly Daemon _daemon;

    public DaemonPartTests()
    {
        EnvironmentPaths paths = new(_directory.Path);
        Directory.CreateDirectory(paths.Runtime);
        Directory.CreateDirectory(paths.Logs);
        _daemon = new Daemon(
            new EnvironmentContext(
                paths,
                EnvironmentRecordFileTests.Record,
                isRecorded: false,
                self: [],
                TimeSpan.FromSeconds(1)
            )
        );
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _daemon.RemoveAsync(CancellationToken.None);
        _directory.Dispose();
    }

    private sealed class Daemon(EnvironmentContext context) : DaemonPart(context, "daemon")
    {
        public string Script { get; set; } = "exec sleep 60";

        public Func<int, Readiness> Answer { get; set; } = _ => Readiness.Ready;

        public int Asked { get; private set; }

        protected override bool IsInPod => false;

        protected override TimeSpan HangTime => TimeSpan.FromMilliseconds(100);

        protected override IReadOnlyList<string> Command() => ["/bin/sh", "-c", Script];

        protected override Task<Readiness> ProbeAsync(ProcessIdentity process, CancellationToken cancellationToken) =>
            Task.FromResult(Answer(++Asked));
    }

    [Fact]
    public async Task ProcessThatIsReady_IsStartedOnce()
    {
        Assert.StartsWith("started daemon", await _daemon.EnsureAsync(Cancellation), StringComparison.Ordinal);
        ProcessIdentity? started = _daemon.Find();

        Assert.Null(await _daemon.EnsureAsync(Cancellation));

        Assert.NotNull(started);
        Assert.Equal(started, _daemon.Find());
    }

    [Fact]
    public async Task DeadProcess_IsRestarted()
    {
        await _daemon.EnsureAsync(Cancellation);
        await _daemon.Find()!.StopAsync(TimeSpan.FromSeconds(5), Cancellation);

        string? done = await _daemon.EnsureAsync(Cancellation);

        Assert.StartsWith("restarted the dead daemon", done, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HungProcess_IsReplaced()
    {
        await _daemon.EnsureAsync(Cancellation);
        ProcessIdentity hung = _daemon.Find()!;
        _daemon.Answer = _ => _daemon.Find() == hung ? Readiness.NotYet("silent") : Readiness.Ready;

        string? done = await _daemon.EnsureAsync(Cancellation);

        Assert.StartsWith("restarted the hung daemon", done, StringComparison.Ordinal);
        Assert.False(hung.IsAlive);
    }

    [Fact]
    public async Task ProcessThatEnds_IsAFailureAtOnce()
    {
        _daemon.Script = "exit 3";
        _daemon.Answer = _ => Readiness.NotYet("no socket");

        EnvironmentException e = await Assert.ThrowsAsync<EnvironmentException>(() =>
            _daemon.EnsureAsync(Cancellation)
        );

        Assert.EndsWith("ended at once with exit status 3", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProcessThatIsNotReadyInTime_IsAFailureWithItsReason()
    {
        _daemon.Answer = _ => Readiness.NotYet("no socket");

        EnvironmentException e = await Assert.ThrowsAsync<EnvironmentException>(() =>
            _daemon.EnsureAsync(Cancellation)
        );

        Assert.Equal("not ready after 1 s: no socket", e.Message);
    }

    [Fact]
    public async Task ProcessThatNeedsIt_IsStartedAgain()
    {
        _daemon.Answer = asked => asked == 1 ? new Readiness("no emulator", NeedsRestart: true) : Readiness.Ready;

        string? done = await _daemon.EnsureAsync(Cancellation);

        Assert.EndsWith(", started again since: no emulator", done, StringComparison.Ordinal);
        Assert.NotNull(_daemon.Find());
    }

    [Fact]
    public async Task ProcessThatNeedsItEveryTime_IsGivenUp()
    {
        _daemon.Answer = _ => new Readiness("no emulator", NeedsRestart: true);

        EnvironmentException e = await Assert.ThrowsAsync<EnvironmentException>(() =>
            _daemon.EnsureAsync(Cancellation)
        );

        Assert.Equal("no emulator", e.Message);
        Assert.Equal(3, _daemon.Asked);
    }

    [Fact]
    public async Task ProcessThatNoPidFileKnows_IsTakenOver()
    {
        // Unique, so that no other process has it.
        _daemon.Script = $"x={Guid.NewGuid()}; while :; do sleep 0.1; done";
        await _daemon.EnsureAsync(Cancellation);
        ProcessIdentity started = _daemon.Find()!;
        File.Delete(Path.Combine(_directory.Path, "run", "daemon.pid"));

        string? done = await _daemon.EnsureAsync(Cancellation);

        Assert.Equal($"took over daemon (process {started.Pid})", done);
        Assert.Equal(started, _daemon.Find());
    }
}
