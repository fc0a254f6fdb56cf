using System.Globalization;
using System.Text;
using Fairlead.Storage;

namespace Fairlead.Standalone.Processes;

/// <summary>A file with a process's identity: PID, start time and boot ID in one line.</summary>
internal sealed class PidFile(string path)
{
    public string Path { get; } = path;

    /// <summary>The process that the file names, if that very process is still alive.</summary>
    public ProcessIdentity? FindAlive() => Read() is { IsAlive: true } identity ? identity : null;

    /// <summary>What the file says; null when it is absent or says nothing that can be understood.</summary>
    public ProcessIdentity? Read()
    {
        string[] fields;
        try
        {
            fields = File.ReadAllText(Path).Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        return
            fields.Length == 3
            && int.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
            && ulong.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out ulong start)
            ? new ProcessIdentity(pid, start, fields[2])
            : null;
    }

    public Task WriteAsync(ProcessIdentity identity) =>
        DurableFile.WriteAsync(
            Path,
            Encoding.ASCII.GetBytes(
                string.Create(CultureInfo.InvariantCulture, $"{identity.Pid} {identity.StartTicks} {identity.Boot}\n")
            )
        );

    public void Delete() => DurableFile.Delete(Path);
}
