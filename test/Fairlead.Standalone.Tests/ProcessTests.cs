using System.Diagnostics;
using Fairlead.Standalone.Processes;

namespace Fairlead.Standalone.Tests;

public sealed class ProcessTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    private PidFile File => new(_directory.Of("x.pid"));

    private int Start(string script) => DetachedProcess.Start(["/bin/sh", "-c", script], _directory.Of("x.log"));

    private static async Task StoppedAsync(int pid)
    {
        for (int i = 0; i < 500; i++)
        {
            if (System.IO.File.ReadAllText($"/proc/{pid}/stat").Contains(") T ", StringComparison.Ordinal))
                return;
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
        Assert.Fail($"process {pid} has not stopped itself");
    }

    private static async Task<string> ReapAsync(int pid)
    {
        for (int i = 0; i < 500; i++)
        {
            if (DetachedProcess.Reap(pid) is { } how)
                return how;
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
        throw new TimeoutException($"process {pid} did not end");
    }

    [Theory]
    [InlineData("4711 (sleep) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 987654 20", false, 987654)]
    [InlineData("4711 (a) Z (b c) Z 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 42 20", true, 42)]
    public void Stat_IsReadBehindTheName(string stat, bool isZombie, int start) =>
        Assert.Equal((isZombie, (ulong)start), ProcessIdentity.ParseStat(stat));

    [Theory]
    [InlineData("")]
    [InlineData("4711 (sleep) S 1 2 3")]
    [InlineData("4711 (sleep) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 x 20")]
    public void CutOffStat_IsNobody(string stat) => Assert.Null(ProcessIdentity.ParseStat(stat));

    [Fact]
    public async Task PidFile_FindsItsProcess_UntilThatHasEnded()
    {
        int pid = Start("exec sleep 60");
        ProcessIdentity identity = ProcessIdentity.Find(pid)!;
        await File.WriteAsync(identity);
        Assert.Equal(identity, File.FindAlive());

        await identity.StopAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);

        // It is a zombie now, its PID not free yet.
        Assert.Null(File.FindAlive());
        Assert.Equal("signal 15", await ReapAsync(pid));
        Assert.Equal(identity, File.Read());
    }

    [Fact]
    public async Task ReusedPid_IsNeitherFoundNorSignalled()
    {
        int pid = Start("exec sleep 60");
        ProcessIdentity successor = ProcessIdentity.Find(pid)!;
        ProcessIdentity predecessor = successor with { StartTicks = successor.StartTicks - 1 };
        await File.WriteAsync(predecessor);

        Assert.Null(File.FindAlive());
        await predecessor.StopAsync(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);

        Assert.True(successor.IsAlive);
        await successor.StopAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        await ReapAsync(pid);
    }

    [Fact]
    public async Task PidOfAnotherBoot_IsNotFound()
    {
        ProcessIdentity self = ProcessIdentity.Find(Environment.ProcessId)!;
        await File.WriteAsync(self with { Boot = "another" });

        Assert.Null(File.FindAlive());
    }

    [Theory]
    [InlineData("")]
    [InlineData("17")]
    [InlineData("17 x boot")]
    [InlineData("-1 5 boot")]
    public async Task TornPidFile_NamesNobody(string content)
    {
        await System.IO.File.WriteAllTextAsync(File.Path, content, TestContext.Current.CancellationToken);

        Assert.Null(File.Read());
    }

    [Fact]
    public async Task ProcessThatIgnoresSigterm_IsKilled()
    {
        int pid = Start("trap '' TERM; echo ready; while :; do sleep 1; done");
        ProcessIdentity identity = ProcessIdentity.Find(pid)!;
        while (LogFile.Tail(_directory.Of("x.log")).Length == 0)
            await Task.Delay(10, TestContext.Current.CancellationToken);

        long begin = Stopwatch.GetTimestamp();
        await identity.StopAsync(TimeSpan.FromMilliseconds(200), TestContext.Current.CancellationToken);

        Assert.InRange(Stopwatch.GetElapsedTime(begin).TotalMilliseconds, 200, 5000);
        Assert.Equal("signal 9", await ReapAsync(pid));
    }

    [Fact]
    public async Task DetachedProcess_HasASessionADirectoryAndDescriptorsOfItsOwn()
    {
        using FileStream inheritable = System.IO.File.OpenRead("/dev/null");
        int pid = Start("readlink /proc/$$/cwd; ls /proc/$$/fd | tr '\\n' ' '; cut -d' ' -f6 /proc/$$/stat; exit 3");

        Assert.Equal("exit status 3", await ReapAsync(pid));
        string[] lines = await System.IO.File.ReadAllLinesAsync(
            _directory.Of("x.log"),
            TestContext.Current.CancellationToken
        );
        // sh keeps no other descriptors of its own with -c.
        Assert.Equal(["/", $"0 1 2 {pid}"], lines);
    }

    [Fact]
    public void DetachedProcess_KeepsNoSecretsOfTheCallersEnvironment()
    {
        Environment.SetEnvironmentVariable("FL_TEST_TOKEN", "secret");

        Assert.DoesNotContain(DetachedProcess.Environment(), variable => variable.Contains("FL_TEST_TOKEN"));
        Assert.Contains(
            DetachedProcess.Environment(),
            variable => variable.StartsWith("PATH=", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void ProgramThatDoesNotExist_CannotBeStarted() =>
        Assert.Throws<IOException>(() => DetachedProcess.Start(["/nonexistent/program"], _directory.Of("x.log")));

    [Fact]
    public async Task CommandLine_LeadsToItsProcess()
    {
        // It waits by stopping itself: a child would outlive it.
        string unique = $"x={Guid.NewGuid()}; kill -STOP $$; :";
        int pid = Start(unique);
        await StoppedAsync(pid); // posix_spawn returns before the kernel shows the new program's command line

        ProcessIdentity found = Assert.Single(ProcessTable.WithCommandLine(["/bin/sh", "-c", unique]));

        Assert.Equal(pid, found.Pid);
        Assert.Single(ProcessTable.InOwnMountNamespace([found]));
        found.Signal(9);
        await ReapAsync(pid);
    }

    [Fact]
    public void LogOfTheProcessBefore_IsKeptBeside()
    {
        string log = _directory.Of("x.log");
        System.IO.File.WriteAllText(log, "first");
        LogFile.Rotate(log);
        System.IO.File.WriteAllText(log, "second");
        LogFile.Rotate(log);
        LogFile.Rotate(log);

        Assert.False(System.IO.File.Exists(log));
        Assert.Equal("second", System.IO.File.ReadAllText(log + ".1"));
    }

    [Fact]
    public void TailOfALongLog_IsItsLastLines()
    {
        string log = _directory.Of("x.log");
        System.IO.File.WriteAllLines(log, Enumerable.Range(0, 10_000).Select(i => $"line {i}"));

        string tail = LogFile.Tail(log);

        Assert.EndsWith("    line 9999", tail, StringComparison.Ordinal);
        Assert.Equal(15, tail.Split('\n').Length);
        Assert.Equal("", LogFile.Tail(_directory.Of("none.log")));
    }
}
