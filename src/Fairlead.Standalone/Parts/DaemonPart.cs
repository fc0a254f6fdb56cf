using System.Diagnostics;
using System.Globalization;
using Fairlead.Standalone.Processes;
using Fairlead.Standalone.Recipes;

namespace Fairlead.Standalone.Parts;

/// <summary>A process of the environment: started detached, known by its pid file, asked whether it is ready.</summary>
internal abstract class DaemonPart(EnvironmentContext context, string name) : IEnvironmentPart
{
    // One that lives but does not answer may be busy; after this it counts as hung.
    private static readonly TimeSpan HangTime = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    private readonly PidFile _pidFile = new(context.Paths.PidFileOf(name));

    public string Name { get; } = name;

    public string LogPath { get; } = context.Paths.LogOf(name);

    protected EnvironmentContext Context { get; } = context;

    /// <summary>How long the process may take to end by itself.</summary>
    protected virtual TimeSpan StopGrace => TimeSpan.FromSeconds(10);

    public async Task<string?> EnsureAsync(CancellationToken cancellationToken)
    {
        string verb = "started";
        if (Find() is { } running)
        {
            if (await WaitUntilReadyAsync(running, HangTime, cancellationToken) is null)
                return await AdoptAsync(running);
            await running.StopAsync(StopGrace, cancellationToken);
            verb = "restarted the hung";
        }
        else if (_pidFile.Read() is { } last)
        {
            verb = last.Boot == BootId.Current ? "restarted the dead" : "started";
        }

        long begin = Stopwatch.GetTimestamp();
        await PrepareAsync(cancellationToken);
        ProcessIdentity started = await StartAsync();
        if (await WaitUntilReadyAsync(started, Context.Timeout, cancellationToken) is { } reason)
            throw new EnvironmentException(reason);
        double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{verb} {Name} (process {started.Pid}), ready after {seconds:0.00} s"
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
        string? reason = running is null ? "not running" : await ProbeAsync(running, cancellationToken);
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

    /// <summary>Null when the process does its work, else why it does not yet.</summary>
    protected abstract Task<string?> ProbeAsync(ProcessIdentity process, CancellationToken cancellationToken);

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

    private async Task<ProcessIdentity> StartAsync()
    {
        LogFile.Rotate(LogPath);
        int pid = DetachedProcess.Start(Launcher(Command()), LogPath);
        ProcessIdentity started = ProcessIdentity.Find(pid) ?? throw Ended(pid);
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

    /// <summary>Null once the process is ready; why it is not when the time is over; throws when it ends.</summary>
    private async Task<string?> WaitUntilReadyAsync(
        ProcessIdentity process,
        TimeSpan timeout,
        CancellationToken cancellationToken
    )
    {
        long begin = Stopwatch.GetTimestamp();
        while (true)
        {
            string? reason = await ProbeAsync(process, cancellationToken);
            if (!process.IsAlive)
                throw Ended(process.Pid);
            if (reason is null)
                return null;
            if (Stopwatch.GetElapsedTime(begin) >= timeout)
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"not ready after {timeout.TotalSeconds:0} s: {reason}"
                );
            await Task.Delay(PollInterval, cancellationToken);
        }
    }

    private EnvironmentException Ended(int pid) =>
        new($"process {pid} ended at once{(DetachedProcess.Reap(pid) is { } how ? $" with {how}" : "")}");
}
