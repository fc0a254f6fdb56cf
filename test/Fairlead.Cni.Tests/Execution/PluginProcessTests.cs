using System.Diagnostics;
using Fairlead.Cni.Tests.Fakes;

namespace Fairlead.Cni.Tests.Execution;

public sealed class PluginProcessTests : IDisposable
{
    private readonly FakePlugins _plugins = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _plugins.Dispose();

    [Theory, Statement(35)]
    [InlineData("ADD")]
    [InlineData("DEL")]
    [InlineData("CHECK")]
    [InlineData("STATUS")]
    [InlineData("GC")]
    [InlineData("VERSION")]
    public async Task TimeLimit_EndsEveryVerbAlthoughAGrandchildHoldsTheOutput(string verb)
    {
        _plugins.Add("one").OnRun(verb, $"sleep 60 & echo $! > {_plugins.Root}/pid; wait");
        CniRuntime runtime = _plugins.Runtime(o =>
            o with
            {
                PluginTimeout = TimeSpan.FromMilliseconds(700),
                AddFailure = AddFailureBehavior.LeaveAsIs,
            }
        );
        Stopwatch watch = Stopwatch.StartNew();

        CniException e = await Assert.ThrowsAsync<CniException>(() => Call(runtime, verb));

        Assert.Equal(CniFailure.TimedOut, e.Failure);
        Assert.True(e.IsTransient);
        Assert.InRange(watch.Elapsed, TimeSpan.FromMilliseconds(650), TimeSpan.FromSeconds(8));
        // Absent if the machine was too busy to start it in time.
        if (File.Exists(Path.Combine(_plugins.Root, "pid")))
            AssertGone(await File.ReadAllTextAsync(Path.Combine(_plugins.Root, "pid"), Cancellation));
    }

    [Fact]
    public async Task PluginEndsButAGrandchildHoldsTheOutput_TheResultIsReturnedSoon()
    {
        _plugins.Add("one").OnRun("ADD", $"echo '{{}}'; sleep 30 & echo $! > {_plugins.Root}/pid");
        Stopwatch watch = Stopwatch.StartNew();

        await _plugins.Runtime().AddAsync(Sample.List("1.0.0", "one"), Sample.Attachment, Cancellation);

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(8), $"{watch.Elapsed}");
        Process
            .GetProcessById(int.Parse(await File.ReadAllTextAsync($"{_plugins.Root}/pid", Cancellation), null))
            .Kill();
    }

    [Fact]
    public async Task Cancelled_TheGroupIsKilledAndAddRolledBack()
    {
        string pid = Path.Combine(_plugins.Root, "pid");
        _plugins.Add("one").OnRun("ADD", $"sleep 60 & echo $! > {pid}.new; mv {pid}.new {pid}; wait");
        using CancellationTokenSource cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);

        Task add = _plugins.Runtime().AddAsync(Sample.List("1.0.0", "one"), Sample.Attachment, cancel.Token);
        while (!File.Exists(pid))
            await Task.Delay(10, Cancellation);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => add);
        AssertGone(await File.ReadAllTextAsync(pid, Cancellation));
        Assert.Equal(["one ADD", "one DEL"], _plugins.Calls);
    }

    [Fact, Statement(36)]
    public async Task FailingPlugin_TheErrorOnStdoutWinsOverStderr()
    {
        _plugins.Add("one").On("DEL", """{"code":100,"msg":"said"}""", "noise", exit: 3);
        CniException e = await FailToDeleteAsync();
        Assert.Equal(CniFailure.PluginError, e.Failure);
        Assert.Equal("said", e.CniMessage);
    }

    [Fact, Statement(36)]
    public async Task FailingPluginWithStderrOnly_ShowsItAndTheExitStatus()
    {
        _plugins.Add("one").OnRun("DEL", "echo oh no >&2; exit 3");
        CniException e = await FailToDeleteAsync();
        Assert.Equal(CniFailure.NoDiagnostic, e.Failure);
        Assert.Contains("exit status 3", e.Message, StringComparison.Ordinal);
        Assert.Equal("oh no", e.Details);
    }

    [Fact, Statement(36)]
    public async Task FailingPluginThatIsSilent_SaysThatThereIsNoMessage()
    {
        _plugins.Add("one").OnRun("DEL", "exit 1");
        CniException e = await FailToDeleteAsync();
        Assert.Contains("no error message: exit status 1", e.Message, StringComparison.Ordinal);
    }

    [Fact, Statement(36)]
    public async Task FailingPluginWithGarbageOnStdout_ShowsTheGarbage()
    {
        _plugins.Add("one").OnRun("DEL", "printf 'panic: \\377 nil'; exit 2");
        CniException e = await FailToDeleteAsync();
        Assert.Equal(CniFailure.NoDiagnostic, e.Failure);
        Assert.Contains("panic:", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PluginWithoutItsInterpreter_IsNotCalledMissing()
    {
        string path = Path.Combine(_plugins.Bin, "one");
        await File.WriteAllTextAsync(path, "#!/nonexistent/sh\n", Cancellation);
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);

        CniException e = await FailToDeleteAsync();

        Assert.Equal(CniFailure.PluginNotStarted, e.Failure);
        Assert.Contains($"{path}: its interpreter", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PluginKilledBySignal_SaysWhich()
    {
        _plugins.Add("one").OnRun("DEL", "kill -SEGV $$");
        CniException e = await FailToDeleteAsync();
        Assert.Contains("signal 11", e.Message, StringComparison.Ordinal);
    }

    [Fact, Statement(37)]
    public async Task SuccessfulPlugin_StderrIsLoggedAndStdoutReturnedAsBytes()
    {
        string result = """{ "cniVersion" : "1.0.0" , "x":1.50 }""";
        _plugins.Add("one").On("ADD", result, "a warning");
        ListLogger logger = new();

        CniResult back = await _plugins
            .Runtime(o => o with { Logger = logger })
            .AddAsync(Sample.List("1.0.0", "one"), Sample.Attachment, Cancellation);

        Assert.Equal(result + "\n", Sample.Text(back.RawBytes));
        Assert.Contains(logger.Lines, line => line.Contains("a warning", StringComparison.Ordinal));
    }

    [Fact]
    public async Task HugeOutput_EndsInAnErrorNotInMemory()
    {
        _plugins.Add("one").OnRun("DEL", "yes | head -c 100000000; sleep 60");
        CniException e = await FailToDeleteAsync();
        Assert.Equal(CniFailure.TooMuchOutput, e.Failure);
    }

    [Fact]
    public async Task HugeStderr_IsDrainedAndCapped()
    {
        _plugins.Add("one").OnRun("DEL", "yes x | head -c 20000000 >&2; exit 1");
        CniException e = await FailToDeleteAsync();
        Assert.Equal(CniFailure.NoDiagnostic, e.Failure);
        Assert.InRange(e.Message.Length, 10, 10_000);
    }

    [Fact]
    public async Task PluginThatNeverReadsItsInput_IsNoError()
    {
        string script = Path.Combine(_plugins.Bin, "deaf");
        await File.WriteAllTextAsync(script, "#!/bin/sh\nexec 0<&-\nexit 0\n", Cancellation);
        File.SetUnixFileMode(script, (UnixFileMode)0b111_101_101);
        string padding = new('x', 1 << 20);
        NetworkConfigurationList list = Sample.Parse(
            $$"""{"name":"net","cniVersion":"1.0.0","plugins":[{"type":"deaf","padding":"{{padding}}"}]}"""
        );
        for (int i = 0; i < 20; i++)
            await _plugins.Runtime().DeleteAsync(list, Sample.Attachment, cancellationToken: Cancellation);
    }

    [Fact]
    public async Task BigInput_ReachesThePluginWhole()
    {
        FakePlugin one = _plugins.Add("one");
        string padding = new('x', 1 << 20);
        NetworkConfigurationList list = Sample.Parse(
            $$"""{"name":"net","cniVersion":"1.0.0","plugins":[{"type":"one","padding":"{{padding}}"}]}"""
        );
        await _plugins.Runtime().DeleteAsync(list, Sample.Attachment, cancellationToken: Cancellation);
        Assert.EndsWith(
            padding + "\"}",
            one.Input("DEL").Replace(",\"name\":\"net\",\"cniVersion\":\"1.0.0\"", "", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task PluginBeingWritten_IsRunOnceTheWriterIsDone()
    {
        string path = Path.Combine(_plugins.Bin, "busy");
        File.Copy("/bin/true", path);
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        FileStream writer = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);

        Task delete = _plugins
            .Runtime()
            .DeleteAsync(Sample.List("1.0.0", "busy"), Sample.Attachment, cancellationToken: Cancellation);
        await Task.Delay(100, Cancellation);
        Assert.False(delete.IsCompleted);
        await writer.DisposeAsync();

        await delete;
    }

    [Fact]
    public async Task Plugin_HasItsOwnGroupDefaultSignalsAndNoOtherDescriptors()
    {
        // A descriptor without O_CLOEXEC, as a careless native library leaves it.
        using FileStream file = File.OpenRead("/etc/hostname");
        int leaked = Native.Duplicate((int)file.SafeFileHandle.DangerousGetHandle());
        try
        {
            string root = _plugins.Root;
            // The shell itself blocks all signals while it starts a child; what its child has is what it was given.
            string script = Path.Combine(_plugins.Bin, "look");
            await File.WriteAllTextAsync(
                script,
                $"#!/bin/sh\ncat /proc/$$/stat > {root}/stat\ngrep ^Sig /proc/self/status > {root}/sig\nls -l /proc/$$/fd > {root}/fd\n",
                Cancellation
            );
            File.SetUnixFileMode(script, (UnixFileMode)0b111_101_101);

            await _plugins
                .Runtime()
                .DeleteAsync(Sample.List("1.0.0", "look"), Sample.Attachment, cancellationToken: Cancellation);

            string[] stat = (await File.ReadAllTextAsync($"{root}/stat", Cancellation)).Split(' ');
            Assert.Equal(stat[0], stat[4]); // pid, pgrp
            string signals = await File.ReadAllTextAsync($"{root}/sig", Cancellation);
            // glibc's posix_spawn leaves its own two, 32 and 33, ignored; no program sees them.
            Assert.Matches("SigIgn:\t0000000[0-9a-f]80000000|SigIgn:\t0000000000000000", signals);
            Assert.Contains("SigBlk:\t0000000000000000", signals, StringComparison.Ordinal);
            // dash keeps some of its own (the script, saved descriptors) from 10 on.
            string descriptors = await File.ReadAllTextAsync($"{root}/fd", Cancellation);
            Assert.DoesNotContain("hostname", descriptors, StringComparison.Ordinal);
            Assert.DoesNotMatch(" [3-9] -> ", descriptors);
        }
        finally
        {
            Native.Close(leaked);
        }
    }

    private async Task<CniException> FailToDeleteAsync() =>
        await Assert.ThrowsAsync<CniException>(() =>
            _plugins
                .Runtime()
                .DeleteAsync(Sample.List("1.0.0", "one"), Sample.Attachment, cancellationToken: Cancellation)
        );

    private static Task Call(CniRuntime runtime, string verb)
    {
        NetworkConfigurationList list = Sample.List("1.1.0", "one");
        return verb switch
        {
            "ADD" => runtime.AddAsync(list, Sample.Attachment, Cancellation),
            "DEL" => runtime.DeleteAsync(list, Sample.Attachment, cancellationToken: Cancellation),
            "CHECK" => runtime.CheckAsync(list, Sample.Attachment, cancellationToken: Cancellation),
            "STATUS" => runtime.StatusAsync(list, Cancellation),
            "GC" => runtime.GcAsync(list, [], Cancellation),
            _ => runtime.VersionAsync("one", Cancellation),
        };
    }

    private static void AssertGone(string pid)
    {
        // Killed at once, but who inherits the orphan may take a moment to reap it.
        if (pid.Trim().Length == 0)
            return; // killed while it was about to say
        string path = $"/proc/{pid.Trim()}/stat";
        bool gone = SpinWait.SpinUntil(
            () =>
            {
                try
                {
                    return File.ReadAllText(path).Split(' ')[2] is "Z" or "X";
                }
                catch (IOException)
                {
                    return true;
                }
            },
            TimeSpan.FromSeconds(5)
        );
        Assert.True(gone, path);
    }
}
