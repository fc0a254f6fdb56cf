namespace Fairlead.Crds.Tests;

public sealed class DocumentFileCheckTests
{
    [Fact]
    public void ManifestWithOtherErrors_StillTellsOfItsMissingFiles()
    {
        ManifestFile file = ManifestReader.Read(
            """
            apiVersion: fairlead.dev/v1alpha1
            kind: VirtualMachine
            metadata:
              name: web
            spec:
              domain:
                vcpu: two
                os:
                  kernel: /no/such/vmlinuz
                  initrd: relative.img
            """,
            "web.yaml"
        );

        IReadOnlyList<ManifestError> missing = FileChecks.Check(file.Documents[0], _ => FileKind.Missing);

        // The relative path has an error already, and gets no second one.
        ManifestError error = Assert.Single(missing);
        Assert.Equal("web.yaml:9:15: spec.domain.os.kernel: \"/no/such/vmlinuz\" does not exist", error.ToString());
        Assert.Equal(2, file.Documents[0].Errors.Count);
    }
}
