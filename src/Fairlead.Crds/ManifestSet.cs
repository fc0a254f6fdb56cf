using Fairlead.Crds.Validation;

namespace Fairlead.Crds;

/// <summary>
/// Several manifest files taken together: which virtual machines they ask for, and where they contradict each other.
/// Of two that do, the one that comes first counts, and the other is refused.
/// </summary>
public sealed class ManifestSet
{
    private readonly Dictionary<VirtualMachineKey, ManifestDocument> _machines = [];
    private readonly HashSet<VirtualMachineKey> _named = [];
    private readonly List<ManifestError> _errors = [];
    private readonly Dictionary<string, (ManifestDocument Document, string Path)> _macs = new(
        StringComparer.OrdinalIgnoreCase
    );

    /// <param name="files">In the order of their precedence, as by name.</param>
    public ManifestSet(IEnumerable<ManifestFile> files)
    {
        foreach (ManifestFile file in files)
        {
            _errors.AddRange(file.AllErrors);
            foreach (ManifestDocument document in file.Documents)
                Add(document);
        }
    }

    /// <summary>The machines to be carried out, each with its document.</summary>
    public IReadOnlyDictionary<VirtualMachineKey, ManifestDocument> Machines => _machines;

    /// <summary>
    /// Every machine that some document is about, those with errors too: a running machine whose manifest has become
    /// unreadable is not one whose manifest was deleted.
    /// </summary>
    public IReadOnlySet<VirtualMachineKey> Named => _named;

    /// <summary>The errors of all files, and those of the files among themselves.</summary>
    public IReadOnlyList<ManifestError> Errors => _errors;

    private void Add(ManifestDocument document)
    {
        if (document.Key is { } named)
            _named.Add(named);
        if (document.VirtualMachine is not { } vm)
            return;
        List<ValidationError> conflicts = [];
        if (_machines.TryGetValue(vm.Key, out ManifestDocument? other))
            conflicts.Add(
                new ValidationError(
                    "metadata.name",
                    Wording.TakenIn(vm.Key.ToString(), PlaceOf(other, "metadata.name"))
                )
            );
        else
            conflicts.AddRange(MacConflicts(vm));
        _errors.AddRange(document.Locate(conflicts));
        if (conflicts.Count > 0)
            return;
        _machines.Add(vm.Key, document);
        foreach ((string path, string address) in MacsOf(vm))
            _macs.TryAdd(address, (document, path));
    }

    private IEnumerable<ValidationError> MacConflicts(VirtualMachine vm)
    {
        foreach ((string path, string address) in MacsOf(vm))
        {
            if (_macs.TryGetValue(address, out (ManifestDocument Document, string Path) other))
            {
                string owner = $"{other.Document.Key} ({PlaceOf(other.Document, other.Path)})";
                yield return new ValidationError(path, Wording.Taken(Quoting.Quote(address), owner));
            }
        }
    }

    private static IEnumerable<(string Path, string Address)> MacsOf(VirtualMachine vm) =>
        vm
            .Spec.Domain.Devices.Interfaces.Select(
                (vnic, i) =>
                    (FieldPath.Item("spec.domain.devices.interfaces", i) + ".mac.address", vnic.Mac?.Address ?? "")
            )
            .Where(mac => mac.Item2 is not "");

    private static string PlaceOf(ManifestDocument document, string path)
    {
        ManifestError place = document.Locate([new ValidationError(path, "")])[0];
        return FormattableString.Invariant($"{place.Source}:{place.Line}");
    }
}
