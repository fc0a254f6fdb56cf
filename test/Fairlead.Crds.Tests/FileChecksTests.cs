namespace Fairlead.Crds.Tests;

public sealed class FileChecksTests
{
    private const string Machine = """
        apiVersion: fairlead.dev/v1alpha1
        kind: VirtualMachine
        metadata: {name: web}
        spec:
          domain:
            os: {kernel: /boot/k, initrd: /boot/i}
            devices:
              disks:
              - {source: {file: /images/a}}
              - {source: {dev: /dev/b}}
              - {device: cdrom}
        """;

    [Theory]
    [InlineData("/boot/k", FileKind.Missing, "7:18: spec.domain.os.kernel: \"/boot/k\" does not exist")]
    [InlineData("/boot/i", FileKind.Directory, "7:35: spec.domain.os.initrd: \"/boot/i\" is a directory, not a file")]
    [InlineData("/boot/i", FileKind.Other, "7:35: spec.domain.os.initrd: \"/boot/i\" is not a regular file")]
    [InlineData(
        "/images/a",
        FileKind.BlockDevice,
        "10:25: spec.domain.devices.disks[0].source.file: "
            + "\"/images/a\" is a block device; wanted source: {dev: ...} and type: block"
    )]
    [InlineData(
        "/images/a",
        FileKind.Forbidden,
        "10:25: spec.domain.devices.disks[0].source.file: \"/images/a\" cannot be looked at: permission denied"
    )]
    [InlineData(
        "/dev/b",
        FileKind.File,
        "11:24: spec.domain.devices.disks[1].source.dev: \"/dev/b\" is not a block device"
    )]
    public void FileThatIsNotWhatItShouldBe_IsNamedInItsPlace(string path, FileKind kind, string error)
    {
        // One line more above, so that the lines are those of a file.
        ManifestDocument document = Manifests.Read("# web\n" + Machine).Documents[0];

        IReadOnlyList<ValidationError> errors = FileChecks.Check(
            document.VirtualMachine!,
            file => file == path ? kind : Usual(file)
        );

        Assert.Equal("vm.yaml:" + error, Assert.Single(document.Locate(errors)).ToString());
    }

    [Fact]
    public void FilesThatAreAllThere_GiveNoError() => Assert.Empty(FileChecks.Check(Manifests.ReadOne(Machine), Usual));

    [Fact]
    public void Probe_TellsWhatTheKernelTells()
    {
        string directory = Directory.CreateTempSubdirectory("fl-crds-").FullName;
        try
        {
            string file = Path.Combine(directory, "é 1");
            File.WriteAllText(file, "");
            File.CreateSymbolicLink(Path.Combine(directory, "link"), file);
            File.CreateSymbolicLink(Path.Combine(directory, "dangling"), "nowhere");

            Assert.Equal(FileKind.File, FileProbe.Probe(file));
            Assert.Equal(FileKind.File, FileProbe.Probe(Path.Combine(directory, "link")));
            Assert.Equal(FileKind.Missing, FileProbe.Probe(Path.Combine(directory, "dangling")));
            Assert.Equal(FileKind.Missing, FileProbe.Probe(file + "/below"));
            Assert.Equal(FileKind.Directory, FileProbe.Probe(directory));
            Assert.Equal(FileKind.Other, FileProbe.Probe("/dev/null"));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static FileKind Usual(string path) =>
        path.StartsWith("/dev/", StringComparison.Ordinal) ? FileKind.BlockDevice : FileKind.File;
}
