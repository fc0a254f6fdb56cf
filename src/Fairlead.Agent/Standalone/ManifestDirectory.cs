using System.Text;
using Fairlead.Crds;
using Fairlead.Storage;
using Microsoft.Extensions.Logging;

namespace Fairlead.Agent.Standalone;

/// <summary>
/// Desired state as a directory of manifests. People may edit it with whatever they like; <c>apply</c>, <c>delete</c>,
/// <c>start</c> and <c>stop</c> do nothing but write to it. Every writing operation is whole or not at all.
/// </summary>
internal sealed partial class ManifestDirectory(string path, ILogger<ManifestDirectory> logger)
{
    private static readonly string[] s_extensions = [".yaml", ".yml", ".json"];

    private readonly SemaphoreSlim _writing = new(1);
    private volatile ManifestSnapshot _snapshot = ManifestSnapshot.Empty;

    public string Path => path;

    /// <summary>What was read last.</summary>
    public ManifestSnapshot Snapshot => _snapshot;

    public DesiredVm? Find(VirtualMachineKey key) => _snapshot.Find(key);

    /// <summary>Reads the directory anew.</summary>
    /// <returns>The machines whose manifest is other than before, those that went included.</returns>
    public IReadOnlyCollection<VirtualMachineKey> Load()
    {
        Directory.CreateDirectory(path);
        ManifestSnapshot old = _snapshot;
        ManifestSnapshot snapshot = ManifestSnapshot.Of(Files().Select(file => ManifestReader.ReadFile(file)));
        _snapshot = snapshot;
        foreach (string error in snapshot.Errors.Except(old.Errors, StringComparer.Ordinal))
            LogManifestError(logger, error);
        return snapshot.ChangedSince(old);
    }

    /// <summary>What applying these files would do, and what is wrong with them. Writes nothing.</summary>
    public ApplyPlan Plan(ManifestFile applied) =>
        ApplyPlan.Of(applied, Files().Select(file => ManifestReader.ReadFile(file)));

    /// <summary>Writes the plan's objects, each to a file of its own.</summary>
    public async Task ApplyAsync(ApplyPlan plan)
    {
        await _writing.WaitAsync();
        try
        {
            foreach (PlannedObject planned in plan.Objects.Where(o => o.Outcome != ApplyOutcome.Unchanged))
            {
                string own = OwnFile(planned.Key);
                await DurableFile.WriteAsync(own, Encoding.UTF8.GetBytes(planned.Text));
                // The new text is there before the old one goes: cut off between the two, there are two manifests of one
                // name, of which the first by file name counts, and applying again mends it.
                if (planned.Replaces is { } old && old.Source != own)
                    await RemoveDocumentAsync(old);
            }
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Removes the machine's document; the file goes with its last one. False when there is none.</summary>
    public async Task<bool> DeleteAsync(VirtualMachineKey key)
    {
        await _writing.WaitAsync();
        try
        {
            Load();
            if (Find(key) is not { } desired)
                return false;
            await RemoveDocumentAsync(desired);
            return true;
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
            Load();
            if (Find(key) is not { Vm: { } vm } desired)
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

    private static async Task RemoveDocumentAsync(DesiredVm desired)
    {
        string text = await File.ReadAllTextAsync(desired.Source);
        string? rest = ManifestEditor.Remove(text, desired.DocumentIndex);
        if (rest is null)
            DurableFile.Delete(desired.Source);
        else
            await DurableFile.WriteAsync(desired.Source, Encoding.UTF8.GetBytes(rest));
    }

    private string OwnFile(VirtualMachineKey key) => System.IO.Path.Combine(path, $"{key.Namespace}.{key.Name}.yaml");

    private IEnumerable<string> Files() =>
        Directory
            .EnumerateFiles(path)
            .Where(file =>
                s_extensions.Contains(System.IO.Path.GetExtension(file), StringComparer.Ordinal)
                && System.IO.Path.GetFileName(file)[0] != '.'
            )
            .Order(StringComparer.Ordinal);

    [LoggerMessage(EventId = 220, Level = LogLevel.Warning, Message = "manifest: {Error}")]
    private static partial void LogManifestError(ILogger logger, string error);
}
