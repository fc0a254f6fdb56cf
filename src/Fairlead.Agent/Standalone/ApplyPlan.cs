using Fairlead.Agent.Reconciling;
using Fairlead.Crds;

namespace Fairlead.Agent.Standalone;

internal enum ApplyOutcome
{
    Created,
    Configured,
    Unchanged,
}

/// <summary>One object of an apply: its text, and what becomes of it.</summary>
internal sealed record PlannedObject(VirtualMachineKey Key, string Text, ApplyOutcome Outcome);

/// <summary>What applying a file would do. Pure, but for the look at the files that the manifests name.</summary>
internal sealed record ApplyPlan(IReadOnlyList<PlannedObject> Objects, IReadOnlyList<string> Errors)
{
    /// <param name="applied">The file to apply.</param>
    /// <param name="present">The files of the manifest directory.</param>
    public static ApplyPlan Of(ManifestFile applied, IEnumerable<ManifestFile> present)
    {
        ManifestFile[] files = [.. present];
        ManifestSnapshot snapshot = ManifestSnapshot.Of(files);
        List<string> errors = [.. applied.AllErrors.Select(e => e.ToString())];
        List<PlannedObject> objects = [];
        foreach (ManifestDocument document in applied.Documents)
        {
            errors.AddRange(FileChecks.Check(document, FileProbe.Probe).Select(e => e.ToString()));
            if (document.VirtualMachine is not { } vm)
                continue;
            DesiredVm? old = snapshot.Find(vm.Key);
            ApplyOutcome outcome =
                old?.Vm is null ? (old is null ? ApplyOutcome.Created : ApplyOutcome.Configured)
                : SpecDigest.Of(old.Vm) == SpecDigest.Of(vm) ? ApplyOutcome.Unchanged
                : ApplyOutcome.Configured;
            string text = ManifestEditor.ExtractDocument(applied.Text, document.Index);
            objects.Add(new PlannedObject(vm.Key, text, outcome));
        }

        if (applied.Errors is [] && applied.Documents is [])
            errors.Add($"{applied.Source}: no objects passed to apply");
        errors.AddRange(ConflictsOf(applied, files, objects));
        return new ApplyPlan(objects, [.. errors.Distinct(StringComparer.Ordinal)]);
    }

    /// <summary>Where the applied objects contradict each other or manifests that stay.</summary>
    private static IEnumerable<string> ConflictsOf(
        ManifestFile applied,
        IEnumerable<ManifestFile> present,
        IEnumerable<PlannedObject> objects
    )
    {
        HashSet<VirtualMachineKey> replaced = [.. objects.Select(o => o.Key)];
        IEnumerable<ManifestFile> staying = present.SelectMany(file =>
            file.Documents.Where(d => d.VirtualMachine is not null && !replaced.Contains(d.VirtualMachine.Key))
                .Select(d => ManifestReader.Read(ManifestEditor.ExtractDocument(file.Text, d.Index), file.Source))
        );
        return new ManifestSet([.. staying, applied])
            .Errors.Where(e => e.Source == applied.Source)
            .Select(e => e.ToString());
    }
}
