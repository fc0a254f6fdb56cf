namespace Fairlead.Standalone.Processes;

/// <summary>Finds the programs of other packages.</summary>
internal static class Programs
{
    // Daemons live in sbin, which an ordinary login's PATH does not have (Debian, su without a dash).
    private static readonly string[] Standard =
    [
        "/usr/local/sbin",
        "/usr/local/bin",
        "/usr/sbin",
        "/usr/bin",
        "/sbin",
        "/bin",
    ];

    public static string SearchPath { get; } =
        string.Join(
            ':',
            (Environment.GetEnvironmentVariable("PATH") ?? "")
                .Split(':', StringSplitOptions.RemoveEmptyEntries)
                .Where(Path.IsPathRooted)
                .Concat(Standard)
                .Distinct(StringComparer.Ordinal)
        );

    /// <summary>The absolute path of a program, or null.</summary>
    public static string? Find(string name) =>
        SearchPath.Split(':').Select(directory => Path.Combine(directory, name)).FirstOrDefault(IsExecutable);

    /// <summary>The absolute path of a program that has to be there.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="package">The Debian package that has it.</param>
    public static string Require(string name, string package) =>
        Find(name) ?? throw new EnvironmentException($"{name} not found: apt-get install {package}");

    public static bool IsExecutable(string path)
    {
        const UnixFileMode executable =
            UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return File.Exists(path) && (File.GetUnixFileMode(path) & executable) != UnixFileMode.None;
    }
}
