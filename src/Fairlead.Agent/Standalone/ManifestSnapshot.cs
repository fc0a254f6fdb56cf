using Fairlead.Agent.Reconciling;
using Fairlead.Crds;

namespace Fairlead.Agent.Standalone;

/// <summary>The manifest directory at one moment.</summary>
internal sealed class ManifestSnapshot
{
    private readonly Dictionary<VirtualMachineKey, DesiredVm> _desired;
    private readonly Dictionary<VirtualMachineKey, string> _digests;

    private readonly Dictionary<string, DesiredVm> _unreadable;

    private ManifestSnapshot(
        Dictionary<VirtualMachineKey, DesiredVm> desired,
        Dictionary<string, DesiredVm> unreadable,
        IReadOnlyList<string> errors
    )
    {
        _desired = desired;
        _unreadable = unreadable;
        _digests = desired.ToDictionary(d => d.Key, d => d.Value.Vm is { } vm ? SpecDigest.Of(vm) : d.Value.Problem!);
        Errors = errors;
    }

    public static ManifestSnapshot Empty { get; } = new([], [], []);

    /// <summary>Everything that is wrong with any file, as "FILE:LINE:COLUMN: ...".</summary>
    public IReadOnlyList<string> Errors { get; }

    public IEnumerable<VirtualMachineKey> Keys => _desired.Keys;

    public DesiredVm? Find(VirtualMachineKey key) => _desired.GetValueOrDefault(key);

    /// <summary>What is to be thought of a machine of this file that no manifest names; null when the file is understood, or gone.</summary>
    public DesiredVm? FindUnreadable(string? source) => source is null ? null : _unreadable.GetValueOrDefault(source);

    /// <param name="files">Ordered: of two manifests with the same name the first counts.</param>
    public static ManifestSnapshot Of(IEnumerable<ManifestFile> files)
    {
        ManifestFile[] read = [.. files];
        ManifestSet set = new(read);
        Dictionary<VirtualMachineKey, DesiredVm> desired = set.Machines.ToDictionary(
            pair => pair.Key,
            pair => new DesiredVm(pair.Value.VirtualMachine, pair.Value.Source, pair.Value.Index, null)
        );
        // A machine whose manifest has errors is one that is wanted, in a way that cannot be told.
        foreach (ManifestDocument document in read.SelectMany(f => f.Documents))
        {
            if (document.Key is { } key && !desired.ContainsKey(key))
                desired[key] = new DesiredVm(null, document.Source, document.Index, ProblemOf(document, set));
        }

        // Some document of these files does not say whose it is.
        Dictionary<string, DesiredVm> unreadable = read.Where(f =>
                f.Errors is not [] || f.Documents.Any(d => d.Key is null)
            )
            .ToDictionary(
                f => f.Source,
                f => new DesiredVm(null, f.Source, 0, string.Join("; ", f.AllErrors)),
                StringComparer.Ordinal
            );
        return new ManifestSnapshot(desired, unreadable, [.. set.Errors.Select(e => e.ToString())]);
    }

    public IReadOnlyCollection<VirtualMachineKey> ChangedSince(ManifestSnapshot old)
    {
        HashSet<VirtualMachineKey> changed = [.. old._digests.Keys.Except(_digests.Keys)];
        foreach ((VirtualMachineKey key, string digest) in _digests)
        {
            if (old._digests.GetValueOrDefault(key) != digest)
                changed.Add(key);
        }

        return changed;
    }

    private static string ProblemOf(ManifestDocument document, ManifestSet set)
    {
        IEnumerable<ManifestError> own = document.Errors is not []
            ? document.Errors
            : set.Errors.Where(e => e.Source == document.Source);
        return string.Join("; ", own.Select(e => e.ToString()));
    }
}
