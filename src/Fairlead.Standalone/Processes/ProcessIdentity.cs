using System.Globalization;
using System.Runtime.InteropServices;
using Fairlead.Standalone.Interop;

namespace Fairlead.Standalone.Processes;

/// <summary>One process for certain: its PID may be somebody else's later, its PID together with its start time may not.</summary>
/// <param name="Pid">Process ID.</param>
/// <param name="StartTicks">Field 22 of /proc/PID/stat: clock ticks from the boot to its start (proc(5)).</param>
/// <param name="Boot">Boot ID, since ticks begin anew with every boot.</param>
internal sealed record ProcessIdentity(int Pid, ulong StartTicks, string Boot)
{
    /// <summary>The living process with that PID, or null; a zombie does not live.</summary>
    public static ProcessIdentity? Find(int pid) =>
        Stat(pid) is { IsZombie: false } stat ? new ProcessIdentity(pid, stat.StartTicks, BootId.Current) : null;

    public bool IsAlive => Boot == BootId.Current && Find(Pid) == this;

    /// <summary>Sends a signal to this process and to no successor of its PID; false when it has gone.</summary>
    public bool Signal(int signal)
    {
        int fd = Libc.PidFdOpen(Pid, 0);
        if (fd < 0)
            return Marshal.GetLastPInvokeError() is Libc.ESRCH ? false : throw Libc.Failure($"open process {Pid}");
        try
        {
            // The descriptor stays with whoever has the PID now; so this look decides for the signal too.
            if (!IsAlive)
                return false;
            if (Libc.PidFdSendSignal(fd, signal, 0, 0) == 0)
                return true;
            return Marshal.GetLastPInvokeError() is Libc.ESRCH ? false : throw Libc.Failure($"signal process {Pid}");
        }
        finally
        {
            _ = Libc.Close(fd);
        }
    }

    /// <summary>Asks the process to end, waits, and kills it when it does not; returns once it is gone.</summary>
    /// <exception cref="IOException">Not even SIGKILL ended it.</exception>
    public async Task StopAsync(TimeSpan grace, CancellationToken cancellationToken)
    {
        if (!Signal(Libc.SIGTERM) || await WaitAsync(grace, cancellationToken))
            return;
        if (!Signal(Libc.SIGKILL) || await WaitAsync(TimeSpan.FromSeconds(10), cancellationToken))
            return;
        throw new IOException($"process {Pid} is still there 10 s after SIGKILL");
    }

    /// <summary>Waits until the process has gone; false when it has not in time.</summary>
    public async Task<bool> WaitAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        long deadline = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        while (IsAlive)
        {
            if (Environment.TickCount64 >= deadline)
                return false;
            await Task.Delay(TimeSpan.FromMilliseconds(10), cancellationToken);
        }
        return true;
    }

    private static (bool IsZombie, ulong StartTicks)? Stat(int pid)
    {
        string stat;
        try
        {
            stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // gone before the open, or between open and read (ESRCH)
        }
        return ParseStat(stat);
    }

    /// <summary>State and start time of a /proc/PID/stat; the second field, the name, may have blanks and parentheses.</summary>
    internal static (bool IsZombie, ulong StartTicks)? ParseStat(string stat)
    {
        int nameEnd = stat.LastIndexOf(')');
        if (nameEnd < 0)
            return null;
        string[] fields = stat[(nameEnd + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return
            fields.Length > 19
            && ulong.TryParse(fields[19], NumberStyles.None, CultureInfo.InvariantCulture, out ulong start)
            ? (fields[0] is "Z" or "X", start)
            : null;
    }
}
