using Fairlead.Cli.CommandLine;
using Fairlead.Crds;

namespace Fairlead.Cli.Manifests;

/// <summary>Reads the manifests that <c>-f</c> names. What cannot be read is told and stops nothing else.</summary>
internal sealed class ManifestSources(IReadOnlyList<string> files, bool recursive)
{
    private const string StandardInput = "-";
    private const string StandardInputName = "standard input";

    private static readonly string[] Extensions = [".yaml", ".yml", ".json"];

    /// <summary>The files in the order of the command line; what is wrong with one is among its errors.</summary>
    public async Task<IReadOnlyList<ManifestFile>> ReadAsync(
        CliInvocation invocation,
        Action<string> report,
        CancellationToken cancellationToken
    )
    {
        List<ManifestFile> read = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (string file in files)
        {
            if (file == StandardInput)
            {
                if (seen.Add(StandardInput))
                    read.Add(ManifestReader.Read(invocation.Input, StandardInputName));
                continue;
            }
            foreach (string path in Expand(file, report).Where(path => seen.Add(Path.GetFullPath(path))))
            {
                cancellationToken.ThrowIfCancellationRequested();
                read.Add(await ReadFileAsync(path, cancellationToken));
            }
        }
        return read;
    }

    private IEnumerable<string> Expand(string file, Action<string> report)
    {
        switch (FileProbe.Probe(file))
        {
            case FileKind.Missing:
                report($"{file}: no such file or directory");
                return [];
            case FileKind.Forbidden:
                report($"{file}: permission denied");
                return [];
            case FileKind.BlockDevice:
                report($"{file}: is a block device, not a manifest");
                return [];
            case FileKind.Directory:
                return ExpandDirectory(file, report);
            default:
                return [file];
        }
    }

    private IReadOnlyList<string> ExpandDirectory(string directory, Action<string> report)
    {
        List<string> found = [];
        try
        {
            EnumerationOptions options = new()
            {
                RecurseSubdirectories = recursive,
                AttributesToSkip = FileAttributes.None,
                IgnoreInaccessible = false,
            };
            foreach (string path in Directory.EnumerateFiles(directory, "*", options).Where(HasExtension))
            {
                // A pipe without a writer would make everything wait.
                if (FileProbe.Probe(path) is FileKind.File)
                    found.Add(path);
                else
                    report($"{path}: is not a regular file");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            report($"{directory}: {e.Message}");
            return [];
        }
        if (found is [])
            report($"{directory}: there is no *.yaml, *.yml or *.json in it" + (recursive ? "" : " (-R looks deeper)"));
        found.Sort(StringComparer.Ordinal);
        return found;
    }

    private static bool HasExtension(string path) => Extensions.Contains(Path.GetExtension(path));

    private static async Task<ManifestFile> ReadFileAsync(string path, CancellationToken cancellationToken)
    {
        if (FileProbe.Probe(path) is FileKind.File or FileKind.Missing)
            return ManifestReader.ReadFile(path);
        // open(2) of a pipe waits for its writer and cannot be cancelled: it waits on a thread of its own.
        Task<ManifestFile> reading = Task.Factory.StartNew(
            () => ManifestReader.ReadFile(path),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
        return await reading.WaitAsync(cancellationToken);
    }
}
