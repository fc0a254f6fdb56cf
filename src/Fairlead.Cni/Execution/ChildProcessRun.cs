using System.Buffers;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Fairlead.Cni.Interop;

namespace Fairlead.Cni.Execution;

/// <summary>One run of a child on the thread that owns it. See <see cref="ChildProcess"/> for how it works.</summary>
internal sealed unsafe class ChildProcessRun : IDisposable
{
    // After the child's end: how long a descendant may hold stdout or stderr before we stop listening.
    private static readonly TimeSpan s_outputGrace = TimeSpan.FromMilliseconds(500);

    // After SIGKILL: a child in an uninterruptible system call dies later; the caller is not to wait for it.
    private static readonly TimeSpan s_killGrace = TimeSpan.FromSeconds(5);

    private readonly ChildProcessStart _start;
    private readonly int _cancelFd;
    private readonly CancellationTokenRegistration _registration;
    private readonly long _startedAt = Stopwatch.GetTimestamp();
    private readonly ArrayBufferWriter<byte> _output = new();
    private readonly ArrayBufferWriter<byte> _error = new();
    private ChildPipes _pipes = ChildPipes.None;
    private int _pidFd = -1;
    private int _pid;
    private int _inputSent;

    public ChildProcessRun(ChildProcessStart start, CancellationToken cancellationToken)
    {
        _start = start;
        _cancelFd = LibC.EventFd(0, LibC.O_CLOEXEC | LibC.O_NONBLOCK);
        if (_cancelFd < 0)
            throw Failure("eventfd");
        _registration = cancellationToken.UnsafeRegister(
            static state => ((ChildProcessRun)state!).SignalCancellation(),
            this
        );
    }

    public void Execute(TaskCompletionSource<ChildOutcome> completion)
    {
        _pid = Spawn();
        _pidFd = (int)LibC.Syscall(LibC.SYS_pidfd_open, _pid, 0);
        if (_pidFd < 0 && Marshal.GetLastPInvokeError() != LibC.ESRCH)
        {
            // Out of descriptors: without a pidfd the end cannot be waited for.
            ChildStartException failure = Failure("pidfd_open");
            Kill();
            _ = SpawnCall.Reap(idType: 1, (uint)_pid, out _, out _);
            throw failure;
        }

        (ChildEnd end, bool gone) = Watch();
        int? exitCode = null;
        int? signal = null;
        if (gone)
            _ = SpawnCall.Reap(LibC.P_PIDFD, (uint)_pidFd, out exitCode, out signal);
        completion.TrySetResult(new(end, exitCode, signal, _output.WrittenMemory, _error.WrittenMemory));
        if (!gone)
            _ = SpawnCall.Reap(LibC.P_PIDFD, (uint)_pidFd, out _, out _);
    }

    public void Dispose()
    {
        _registration.Dispose(); // waits for a callback under way, which writes to the eventfd
        _pipes.Dispose();
        if (_pidFd >= 0)
            _ = LibC.Close(_pidFd);
        _ = LibC.Close(_cancelFd);
    }

    /// <summary>A plugin being replaced is "text busy" until its writer closes it: a moment later it can be run.</summary>
    private int Spawn()
    {
        for (int delay = 10; ; delay *= 2)
        {
            _pipes = ChildPipes.Open();
            // What fits into the pipe is there before the child is: it then never waits for this thread to be scheduled.
            _inputSent = 0;
            FeedAndClose();
            int errno = SpawnCall.Start(_start, _pipes, out int pid);
            _pipes.CloseChildEnds();
            if (errno == 0)
                return pid;
            _pipes.Dispose();
            if (errno != LibC.ETXTBSY || delay > 1000 || WaitForCancellation(delay))
                throw new ChildStartException(errno, Marshal.GetPInvokeErrorMessage(errno));
        }
    }

    /// <summary>The number cannot have been given away meanwhile: the child is not reaped yet.</summary>
    private void Kill() => _ = LibC.Kill(_start.Group == ChildGroup.Own ? -_pid : _pid, LibC.SIGKILL);

    private bool WaitForCancellation(int milliseconds)
    {
        LibC.PollFd fd = new() { Fd = _cancelFd, Events = LibC.POLLIN };
        return LibC.Poll(&fd, 1, milliseconds) > 0;
    }

    /// <summary>Feeds and drains until the child is gone and its pipes are closed, or a bound is reached.</summary>
    private (ChildEnd End, bool Gone) Watch()
    {
        ChildEnd end = ChildEnd.Exited;
        bool killed = false;
        bool gone = _pidFd < 0;
        TimeSpan deadline = _start.TimeLimit;
        if (gone)
            deadline = Earlier(Elapsed + s_outputGrace, deadline);

        LibC.PollFd* fds = stackalloc LibC.PollFd[5];
        while (!(gone && (killed || _pipes.OutputsClosed)))
        {
            if (gone)
                ChildPipes.Close(ref _pipes.Input);
            fds[0] = Entry(_pipes.Output, LibC.POLLIN);
            fds[1] = Entry(_pipes.Error, LibC.POLLIN);
            fds[2] = Entry(_pipes.Input, LibC.POLLOUT);
            fds[3] = Entry(gone ? -1 : _pidFd, LibC.POLLIN);
            fds[4] = Entry(killed ? -1 : _cancelFd, LibC.POLLIN);
            int ready = LibC.Poll(fds, 5, MillisecondsUntil(deadline));
            if (ready < 0)
                continue; // EINTR; what was ready still is

            bool tooMuch = fds[0].Revents != 0 && !Drain(ref _pipes.Output, _output, _start.MaxOutputBytes);
            if (fds[1].Revents != 0)
                _ = Drain(ref _pipes.Error, _error, _start.MaxErrorBytes);
            if (fds[2].Revents != 0)
                FeedAndClose();

            if (!gone && fds[3].Revents != 0)
            {
                gone = true;
                deadline = Earlier(Elapsed + s_outputGrace, deadline);
            }
            bool late = Elapsed >= deadline;
            if (late && (gone || killed))
                break; // a descendant holds the output, or the kernel holds the child
            if (killed || !(tooMuch || late || fds[4].Revents != 0))
                continue;

            end =
                tooMuch ? ChildEnd.TooMuchOutput
                : late ? ChildEnd.TimedOut
                : ChildEnd.Cancelled;
            killed = true;
            deadline = Elapsed + s_killGrace;
            if (_pidFd >= 0)
                Kill();
        }
        return (end, gone);
    }

    /// <summary>
    /// Reads what a full pipe holds, and no more than that: a child that writes for ever is not to keep us here. Less
    /// would not do: when a bound is reached this was the last look. What exceeds the limit is dropped; false if it did.
    /// </summary>
    private static bool Drain(ref int fd, ArrayBufferWriter<byte> into, int limit)
    {
        const int PipeBytes = 64 << 10;
        const int BufferBytes = 16 << 10;
        byte* buffer = stackalloc byte[BufferBytes];
        for (nint total = 0, read; total < PipeBytes; total += read)
        {
            read = LibC.Read(fd, buffer, BufferBytes);
            if (read < 0 && Marshal.GetLastPInvokeError() is LibC.EAGAIN or LibC.EINTR)
                return true;
            if (read <= 0)
            {
                ChildPipes.Close(ref fd);
                return true;
            }
            int kept = (int)Math.Min(read, limit - into.WrittenCount);
            into.Write(new ReadOnlySpan<byte>(buffer, kept));
            if (kept < read)
                return false;
        }
        return true;
    }

    /// <summary>Writes what the pipe takes, and closes it after the last byte.</summary>
    private void FeedAndClose()
    {
        ReadOnlySpan<byte> rest = _start.StandardInput.Span[_inputSent..];
        nint written = 0;
        if (!rest.IsEmpty)
        {
            fixed (byte* bytes = rest)
                written = LibC.Write(_pipes.Input, bytes, (nuint)rest.Length);
        }
        if (written >= 0)
            _inputSent += (int)written;
        // EPIPE: it need not read what it was sent, and VERSION often does not.
        bool failed = written < 0 && Marshal.GetLastPInvokeError() is not (LibC.EAGAIN or LibC.EINTR);
        if (failed || _inputSent == _start.StandardInput.Length)
            ChildPipes.Close(ref _pipes.Input);
    }

    private TimeSpan Elapsed => Stopwatch.GetElapsedTime(_startedAt);

    private int MillisecondsUntil(TimeSpan deadline) =>
        (int)Math.Clamp(Math.Ceiling((deadline - Elapsed).TotalMilliseconds), 0, int.MaxValue);

    private void SignalCancellation()
    {
        ulong one = 1;
        _ = LibC.Write(_cancelFd, (byte*)&one, sizeof(ulong));
    }

    private static LibC.PollFd Entry(int fd, short events) => new() { Fd = fd, Events = events };

    private static TimeSpan Earlier(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static ChildStartException Failure(string call)
    {
        int errno = Marshal.GetLastPInvokeError();
        return new(errno, $"{call}: {Marshal.GetPInvokeErrorMessage(errno)}");
    }
}
