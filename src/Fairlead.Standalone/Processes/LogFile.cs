namespace Fairlead.Standalone.Processes;

/// <summary>A process's log; the one of the process before it is kept beside it as <c>.1</c>.</summary>
internal static class LogFile
{
    private const int TailBytes = 8 * 1024;
    private const int TailLines = 15;

    public static void Rotate(string path)
    {
        if (File.Exists(path) && new FileInfo(path).Length > 0)
            File.Move(path, path + ".1", overwrite: true);
    }

    /// <summary>The last lines, each with an indent; empty when there is nothing to show.</summary>
    public static string Tail(string path)
    {
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            stream.Seek(-Math.Min(TailBytes, stream.Length), SeekOrigin.End);
            using StreamReader reader = new(stream);
            string[] lines = reader.ReadToEnd().TrimEnd().Split('\n');
            return lines is [""] ? "" : string.Join('\n', lines.TakeLast(TailLines).Select(line => "    " + line));
        }
        catch (IOException)
        {
            return ""; // no log: the failure that it would explain is reported all the same
        }
    }
}
