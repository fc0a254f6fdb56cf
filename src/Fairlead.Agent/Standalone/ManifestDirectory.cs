using System.Text;
using Fairlead.Agent.Reconciling;
using Fairlead.Crds;
using Fairlead.Storage;
using Microsoft.Extensions.Logging;

namespace Fairlead.Agent.Standalone;

/// <summary>
/// Desired state as a directory of manifests. People may edit it with whatever they like; <c>apply</c>, <c>delete</c>,
/// <c>start</c> and <c>stop</c> do nothing but write to it. Every writing operation is whole or not at all.
/// </summary>
internal sealed partial class ManifestDirectory(
    string path,
    ILogger<ManifestDirectory> logger,
    TimeSpan? lookInterval = null
) : IVmSource
{
    private static readonly string[] s_extensions = [".yaml", ".yml", ".json"];

    // An editor writes a file in several steps; one look a moment later sees them all.
    private static readonly TimeSpan s_settle = TimeSpan.FromMilliseconds(50);

    private readonly SemaphoreSlim _writing = new(1);
    private readonly Lock _loading = new();
    private volatile ManifestSnapshot _snapshot = ManifestSnapshot.Empty;

    public string Path => path;

    /// <summary>What was read last.</summary>
    public ManifestSnapshot Snapshot => _snapshot;

    public IEnumerable<VirtualMachineKey> Keys => _snapshot.Keys;

    public SourceState State =>
        new(
            "manifests",
            IsReady: true,
            _snapshot.Errors is { Count: > 0 } errors ? $"{path}: {errors.Count} error(s): {errors[0]}" : path
        );

    public DesiredVm? Find(VirtualMachineKey key) => _snapshot.Find(key);

    /// <summary>
    /// The same; for a machine that no manifest names, the file that it was last read from if that cannot be understood:
    /// an editor may be writing it, and a machine is not deleted for a slip of the pen.
    /// </summary>
    public DesiredVm? Find(VirtualMachineKey key, string? lastSource) =>
        _snapshot.Find(key) ?? _snapshot.FindUnreadable(lastSource);

    DesiredVm? IVmSource.Find(VirtualMachineKey key, VmRecord? last) => Find(key, last?.Source);

    /// <summary>Reads the directory when something in it changes, and once in a while.</summary>
    public async Task WatchAsync(
        Action<IReadOnlyCollection<VirtualMachineKey>> changed,
        CancellationToken cancellationToken
    )
    {
        Directory.CreateDirectory(path);
        using SemaphoreSlim happened = new(0);
        using FileSystemWatcher watcher = new(path);
        watcher.Changed += (_, _) => happened.Release();
        watcher.Created += (_, _) => happened.Release();
        watcher.Deleted += (_, _) => happened.Release();
        watcher.Renamed += (_, _) => happened.Release();
        watcher.Error += (_, _) => happened.Release(); // the queue of inotify(7) overflowed: look at everything
        watcher.EnableRaisingEvents = true;
        while (true)
        {
            try
            {
                changed(Load());
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                LogUnreadable(logger, path, e.Message);
            }

            if (!await happened.WaitAsync(lookInterval ?? TimeSpan.FromSeconds(10), cancellationToken))
                continue;
            await Task.Delay(s_settle, cancellationToken);
            while (happened.Wait(0, CancellationToken.None))
                continue;
        }
    }

    /// <summary>Reads the directory anew.</summary>
    /// <returns>The machines whose manifest is other than before, those that went included.</returns>
    public IReadOnlyCollection<VirtualMachineKey> Load()
    {
        // One at a time: what was read last must be what is kept last.
        lock (_loading)
        {
            ManifestSnapshot old = _snapshot;
            ManifestSnapshot snapshot = ManifestSnapshot.Of(ReadFiles());
            _snapshot = snapshot;
            foreach (string error in snapshot.Errors.Except(old.Errors, StringComparer.Ordinal))
                LogManifestError(logger, error);
            return snapshot.ChangedSince(old);
        }
    }

    /// <summary>What applying these files would do, and what is wrong with them. Writes nothing.</summary>
    public ApplyPlan Plan(ManifestFile applied) => ApplyPlan.Of(applied, ReadFiles());

    /// <summary>Writes the plan's objects, each to a file of its own.</summary>
    public async Task ApplyAsync(ApplyPlan plan)
    {
        await _writing.WaitAsync();
        try
        {
            ManifestFile[] present = [.. ReadFiles()];
            foreach (PlannedObject planned in plan.Objects.Where(o => o.Outcome != ApplyOutcome.Unchanged))
            {
                string own = OwnFile(planned.Key, present);
                await DurableFile.WriteAsync(own, Encoding.UTF8.GetBytes(planned.Text));
                // The new text is there before the old one goes: cut off between the two, there are two manifests of one
                // name, of which the first by file name counts, and applying again mends it.
                foreach (ManifestFile file in present.Where(f => f.Source != own && IsAbout(f, planned.Key)))
                    await RemoveAsync(planned.Key, file.Source);
            }
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Removes every document of the machine; a file goes with its last one. False when there is none.</summary>
    public async Task<bool> DeleteAsync(VirtualMachineKey key)
    {
        await _writing.WaitAsync();
        try
        {
            // All of them: of two, the second would count once the first is gone.
            ManifestFile[] files = [.. ReadFiles().Where(file => IsAbout(file, key))];
            foreach (ManifestFile file in files)
                await RemoveAsync(key, file.Source);
            return files is not [];
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Sets spec.running in the machine's document and leaves every other character as it is.</summary>
    /// <returns>Whether the text had to be changed; null when there is no valid manifest of it.</returns>
    public async Task<bool?> SetRunningAsync(VirtualMachineKey key, bool running)
    {
        await _writing.WaitAsync();
        try
        {
            if (ManifestSnapshot.Of(ReadFiles()).Find(key) is not { Vm: { } vm } desired)
                return null;
            if (vm.Spec.Running == running)
                return false;
            string text = await File.ReadAllTextAsync(desired.Source);
            string edited = ManifestEditor.SetRunning(text, desired.DocumentIndex, running);
            await DurableFile.WriteAsync(desired.Source, Encoding.UTF8.GetBytes(edited));
            return true;
        }
        finally
        {
            _writing.Release();
        }
    }

    // The file is read again for each document: an index counts only in the text that it was taken from.
    private static async Task RemoveAsync(VirtualMachineKey key, string file)
    {
        string? text = ManifestReader.ReadFile(file).Text;
        while (text is not null && DocumentOf(ManifestReader.Read(text, file), key) is { } document)
            text = ManifestEditor.Remove(text, document.Index);
        if (text is null)
            DurableFile.Delete(file);
        else
            await DurableFile.WriteAsync(file, Encoding.UTF8.GetBytes(text));
    }

    private static ManifestDocument? DocumentOf(ManifestFile file, VirtualMachineKey key) =>
        file.Documents.FirstOrDefault(d => d.Key == key);

    private static bool IsAbout(ManifestFile file, VirtualMachineKey key) => DocumentOf(file, key) is not null;

    /// <summary>The file for a machine alone: named after it, unless somebody keeps another machine in a file of that name.</summary>
    private string OwnFile(VirtualMachineKey key, IReadOnlyCollection<ManifestFile> present)
    {
        for (int i = 1; ; i++)
        {
            string suffix = i == 1 ? "" : $".{i}";
            string file = System.IO.Path.Combine(path, $"{key.Namespace}.{key.Name}{suffix}.yaml");
            bool isOthers = present.Any(f => f.Source == file && f.Documents.Any(d => d.Key is { } k && k != key));
            if (!isOthers)
                return file;
        }
    }

    private IEnumerable<ManifestFile> ReadFiles()
    {
        // Gone, or not mounted: that is not the same as empty, which would delete every machine.
        if (!Directory.Exists(path))
            throw new DirectoryNotFoundException($"the manifest directory {path} is gone");
        return Directory
            .EnumerateFiles(path)
            .Where(file =>
                s_extensions.Contains(System.IO.Path.GetExtension(file), StringComparer.Ordinal)
                && System.IO.Path.GetFileName(file)[0] != '.'
            )
            .Order(StringComparer.Ordinal)
            .Select(ManifestReader.ReadFile);
    }

    [LoggerMessage(EventId = 231, Level = LogLevel.Error, Message = "manifest directory {Path}: {Message}")]
    private static partial void LogUnreadable(ILogger logger, string path, string message);

    [LoggerMessage(EventId = 220, Level = LogLevel.Warning, Message = "manifest: {Error}")]
    private static partial void LogManifestError(ILogger logger, string error);
}
