using System.Diagnostics;
using System.Globalization;
using Fairlead.Standalone.Processes;
using Fairlead.Standalone.Recipes;

namespace Fairlead.Standalone.Parts;

/// <summary>A process of the environment: started detached, known by its pid file, asked whether it is ready.</summary>
internal abstract class DaemonPart(EnvironmentContext context, string name) : IEnvironmentPart
{
    // One that lives but does not answer may be busy; after this it counts as hung.
    protected virtual TimeSpan HangTime => TimeSpan.FromSeconds(15);

    private const int MaxTries = 3;
    private static readonly TimeSpan s_shortGrace = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    private readonly PidFile _pidFile = new(context.Paths.PidFileOf(name));

    public string Name { get; } = name;

    public string LogPath { get; } = context.Paths.LogOf(name);

    protected EnvironmentContext Context { get; } = context;

    /// <summary>How long the process may take to end by itself.</summary>
    protected virtual TimeSpan StopGrace => s_shortGrace;

    public async Task<string?> EnsureAsync(CancellationToken cancellationToken)
    {
        string verb = "started";
        if (Find() is { } running)
        {
            if ((await WaitUntilReadyAsync(running, HangTime, cancellationToken)).IsReady)
                return await AdoptAsync(running);
            await running.StopAsync(s_shortGrace, cancellationToken); // it does not answer: it will not finish either
            verb = "restarted the hung";
        }
        else if (_pidFile.Read() is { } last)
        {
            verb = last.Boot == BootId.Current ? "restarted the dead" : "started";
        }

        long begin = Stopwatch.GetTimestamp();
        await PrepareAsync(cancellationToken);
        (ProcessIdentity started, string tries) = await StartUntilReadyAsync(cancellationToken);
        double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{verb} {Name} (process {started.Pid}), ready after {seconds:0.00} s{tries}"
        );
    }

    public async Task<string?> RemoveAsync(CancellationToken cancellationToken)
    {
        ProcessIdentity? running = Find();
        if (running is not null)
        {
            await running.StopAsync(StopGrace, cancellationToken);
            _ = DetachedProcess.Reap(running.Pid);
        }
        _pidFile.Delete();
        return running is null ? null : $"stopped {Name}";
    }

    public async Task<PartStatus> CheckAsync(CancellationToken cancellationToken)
    {
        ProcessIdentity? running = Find();
        string? reason = running is null ? "not running" : (await ProbeAsync(running, cancellationToken)).Reason;
        return new PartStatus(Name, reason is null, reason ?? "running") { Pid = running?.Pid, LogPath = LogPath };
    }

    /// <summary>The process, if it runs.</summary>
    public ProcessIdentity? Find()
    {
        if (_pidFile.FindAlive() is { } known)
            return known;
        // Who started it may have been killed before the pid file was written.
        return FindUnrecorded();
    }

    /// <summary>Whether it runs in the pod, or else in the host's context.</summary>
    protected virtual bool IsInPod => true;

    /// <summary>The process's own command line.</summary>
    protected abstract IReadOnlyList<string> Command();

    /// <summary>What is executed, in the host's context, and at last becomes the process.</summary>
    protected virtual IReadOnlyList<string> Launcher(IReadOnlyList<string> command) =>
        IsInPod ? Context.InPod(command) : command;

    /// <summary>Asks the process whether it does its work.</summary>
    protected abstract Task<Readiness> ProbeAsync(ProcessIdentity process, CancellationToken cancellationToken);

    /// <summary>What has to be there before the process is started.</summary>
    protected virtual Task PrepareAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // A living process with our command line, where ours would be: another environment's is in another pod, and one that
    // sees other files than we do is some container's.
    private ProcessIdentity? FindUnrecorded()
    {
        IEnumerable<ProcessIdentity> processes = ProcessTable.WithCommandLine(Command());
        return IsInPod
            ? processes.Intersect(PodProcesses.List(Context)).FirstOrDefault()
            : ProcessTable.InOwnMountNamespace(processes).FirstOrDefault();
    }

    private async Task<(ProcessIdentity Process, string Tries)> StartUntilReadyAsync(
        CancellationToken cancellationToken
    )
    {
        string tries = "";
        for (int count = 1; ; count++)
        {
            ProcessIdentity started = await StartAsync();
            Readiness readiness = await WaitUntilReadyAsync(started, Context.Timeout, cancellationToken);
            if (readiness.IsReady)
                return (started, tries);
            if (!readiness.NeedsRestart || count == MaxTries)
                throw new EnvironmentException(readiness.Reason!);
            tries = $", started again since: {readiness.Reason}";
            await started.StopAsync(StopGrace, cancellationToken);
            _ = DetachedProcess.Reap(started.Pid);
        }
    }

    private async Task<ProcessIdentity> StartAsync()
    {
        LogFile.Rotate(LogPath);
        int pid = DetachedProcess.Start(Launcher(Command()), LogPath);
        ProcessIdentity started = ProcessIdentity.Find(pid) ?? throw new EnvironmentException(Ended(pid).Reason!);
        await _pidFile.WriteAsync(started);
        return started;
    }

    private async Task<string?> AdoptAsync(ProcessIdentity running)
    {
        if (_pidFile.Read() == running)
            return null;
        await _pidFile.WriteAsync(running);
        return $"took over {Name} (process {running.Pid})";
    }

    /// <summary>Asks until the process is ready, has ended, needs a restart, or the time is over.</summary>
    private async Task<Readiness> WaitUntilReadyAsync(
        ProcessIdentity process,
        TimeSpan timeout,
        CancellationToken cancellationToken
    )
    {
        long begin = Stopwatch.GetTimestamp();
        while (true)
        {
            Readiness readiness = await ProbeAsync(process, cancellationToken);
            if (!process.IsAlive)
                return Ended(process.Pid);
            if (readiness.IsReady || readiness.NeedsRestart)
                return readiness;
            if (Stopwatch.GetElapsedTime(begin) >= timeout)
            {
                return Readiness.NotYet(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"not ready after {timeout.TotalSeconds:0} s: {readiness.Reason}"
                    )
                );
            }
            await Task.Delay(PollInterval, cancellationToken);
        }
    }

    private static Readiness Ended(int pid) =>
        Readiness.NotYet($"process {pid} ended at once{(DetachedProcess.Reap(pid) is { } how ? $" with {how}" : "")}");
}
