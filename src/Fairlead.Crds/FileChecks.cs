using Fairlead.Crds.Validation;

namespace Fairlead.Crds;

/// <summary>What stands at a path, symbolic links followed.</summary>
public enum FileKind
{
    Missing,
    File,
    Directory,
    BlockDevice,

    /// <summary>A character device, a socket, a pipe.</summary>
    Other,

    /// <summary>Something on the way may not be entered.</summary>
    Forbidden,
}

/// <summary>
/// Whether the files that a virtual machine names are there. Apart from <see cref="VirtualMachineValidator"/>: the
/// answer belongs to one node and one moment.
/// </summary>
public static class FileChecks
{
    /// <summary>The files of one document's object, also when it has errors of other kinds: people want them all at once.</summary>
    /// <param name="probe">Looks at a path: <see cref="FileProbe.Probe"/>, or a test's own.</param>
    public static IReadOnlyList<ManifestError> Check(ManifestDocument document, Func<string, FileKind> probe) =>
        document.Readable is null
            ? []
            :
            [
                .. document
                    .Locate(Check(document.Readable, probe))
                    .Where(e => document.Errors.All(known => known.Path != e.Path)),
            ];

    /// <param name="probe">Looks at a path: <see cref="FileProbe.Probe"/>, or a test's own.</param>
    public static IReadOnlyList<ValidationError> Check(VirtualMachine vm, Func<string, FileKind> probe)
    {
        Errors errors = new();
        DomainSpec domain = vm.Spec.Domain;
        Expect("spec.domain.os.kernel", domain.Os?.Kernel, FileKind.File);
        Expect("spec.domain.os.initrd", domain.Os?.Initrd, FileKind.File);
        for (int i = 0; i < domain.Devices.Disks.Count; i++)
        {
            string path = FieldPath.Item("spec.domain.devices.disks", i) + ".source";
            Expect(path + ".file", domain.Devices.Disks[i].Source?.File, FileKind.File);
            Expect(path + ".dev", domain.Devices.Disks[i].Source?.Dev, FileKind.BlockDevice);
        }
        return errors.ToList();

        void Expect(string path, string? file, FileKind wanted)
        {
            if (file is null)
                return;
            FileKind found = probe(file);
            if (found != wanted)
                errors.Add(path, Explain(Quoting.Quote(file), found, wanted));
        }
    }

    private static string Explain(string quoted, FileKind found, FileKind wanted) =>
        (found, wanted) switch
        {
            (FileKind.Missing, _) => $"{quoted} does not exist",
            (FileKind.Forbidden, _) => $"{quoted} cannot be looked at: permission denied",
            (FileKind.Directory, FileKind.File) => $"{quoted} is a directory, not a file",
            (FileKind.BlockDevice, FileKind.File) =>
                $"{quoted} is a block device; wanted source: {{dev: ...}} and type: block",
            (_, FileKind.File) => $"{quoted} is not a regular file",
            _ => $"{quoted} is not a block device",
        };
}
