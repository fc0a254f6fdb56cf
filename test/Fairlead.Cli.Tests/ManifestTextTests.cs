using Fairlead.Cli.Manifests;
using Fairlead.Crds;

namespace Fairlead.Cli.Tests;

public class ManifestTextTests
{
    private const string Machine = "apiVersion: fairlead.dev/v1alpha1\nkind: VirtualMachine\nmetadata:\n  name: ";

    [Theory]
    [InlineData("web.yaml:3:1: kind: wrong", "web.yaml:8:1: kind: wrong")]
    [InlineData("web.yaml: too large", "web.yaml: too large")]
    [InlineData("other.yaml:3:1: taken", "other.yaml:3:1: taken")]
    [InlineData("web.yaml:x:1: odd", "web.yaml:x:1: odd")]
    [InlineData("", "")]
    public void AgentsPlaces_AreMovedToTheFiles(string agents, string files)
    {
        ManifestText text = new("web.yaml", "", StartLine: 6, KeepsItsLines: true);

        Assert.Equal(files, text.Relocate(agents));
    }

    [Fact]
    public void RewrittenText_PointsAtTheDocument()
    {
        ManifestText text = new("web.yaml", "", StartLine: 6, KeepsItsLines: false);

        Assert.Equal("web.yaml:6:1: kind: wrong", text.Relocate("web.yaml:3:9: kind: wrong"));
    }

    [Fact]
    public void DocumentsOfAFile_KeepTheirComments()
    {
        ManifestFile file = ManifestReader.Read($"# first\n{Machine}a\n---\n# second\n{Machine}b\n", "two.yaml");

        ManifestText second = ManifestText.Of(file, file.Documents[1], @namespace: null);

        Assert.Contains("# second", second.Text);
        Assert.DoesNotContain("# first", second.Text);
        Assert.True(second.KeepsItsLines);
        Assert.Equal("b", Assert.Single(ManifestReader.Read(second.Text, "").Documents).Key?.Name);
    }

    [Fact]
    public void SilentManifest_GetsTheNamespace()
    {
        ManifestFile file = ManifestReader.Read(Machine + "a\n", "a.yaml");

        ManifestText text = ManifestText.Of(file, file.Documents[0], "shop");

        Assert.Equal("shop/a", Assert.Single(ManifestReader.Read(text.Text, "").Documents).Key.ToString());
    }
}
