namespace Fairlead.Crds.Tests;

public sealed class ManifestSetTests
{
    [Fact]
    public void SameNameInTwoFiles_NamesBothAndKeepsTheFirst()
    {
        ManifestSet set = new([
            File("a.yaml", Manifests.Named("web")),
            File("b.yaml", "x\n---\n" + Manifests.Named("web")),
        ]);

        Assert.Equal("a.yaml", Assert.Single(set.Machines).Value.Source);
        Assert.Equal(
            "b.yaml:6:9: metadata.name: virtual machine default/web is in a.yaml:4 already",
            set.Errors[^1].ToString()
        );
    }

    [Fact]
    public void Precedence_IsTheGivenOrder_NotThatOfTheNames() =>
        Assert.Equal(
            "b.yaml",
            Assert
                .Single(
                    new ManifestSet([
                        File("b.yaml", Manifests.Named("web")),
                        File("a.yaml", Manifests.Named("web")),
                    ]).Machines
                )
                .Value.Source
        );

    [Fact]
    public void SameNameInAnotherNamespace_IsAnotherMachine()
    {
        ManifestSet set = new([
            File("a.yaml", Manifests.Named("web") + "---\n" + Manifests.Named("web") + "  namespace: b\n"),
        ]);

        Assert.Empty(set.Errors);
        Assert.Equal(2, set.Machines.Count);
    }

    [Fact]
    public void SameMacInTwoMachines_NamesBoth()
    {
        ManifestSet set = new([
            File("a.yaml", WithMac("one", "02:00:00:00:00:0a")),
            File("b.yaml", WithMac("two", "02:00:00:00:00:0A")),
        ]);

        Assert.Equal(
            "b.yaml:5:56: spec.domain.devices.interfaces[0].mac.address: \"02:00:00:00:00:0A\" is taken by default/one (a.yaml:5) already",
            Assert.Single(set.Errors).ToString()
        );
        Assert.Equal("default/one", Assert.Single(set.Machines).Key.ToString());
        Assert.Equal(2, set.Named.Count);
    }

    [Fact]
    public void BadManifest_StopsNothingElseAndIsRemembered()
    {
        ManifestSet set = new([
            File("a.yaml", "{"),
            File("b.yaml", Manifests.Named("bad") + "spec: {domain: {vcpu: 0}}\n"),
            File("c.yaml", Manifests.Named("good")),
            File("d.yaml", ""),
        ]);

        Assert.Equal("default/good", Assert.Single(set.Machines).Key.ToString());
        Assert.Contains(new VirtualMachineKey("default", "bad"), set.Named);
        Assert.Equal(["a.yaml", "b.yaml", "d.yaml"], set.Errors.Select(error => error.Source));
    }

    [Fact]
    public void BadManifestOfAName_DoesNotDisplaceTheGoodOne()
    {
        ManifestSet set = new([
            File("a.yaml", Manifests.Named("web") + "spec: {domain: {vcpu: 0}}\n"),
            File("b.yaml", Manifests.Named("web")),
        ]);

        Assert.Equal("b.yaml", Assert.Single(set.Machines).Value.Source);
    }

    private static ManifestFile File(string name, string text) => ManifestReader.Read(text, name);

    private static string WithMac(string name, string mac) =>
        Manifests.Named(name) + $"spec: {{domain: {{devices: {{interfaces: [{{mac: {{address: {mac}}}}}]}}}}}}\n";
}
