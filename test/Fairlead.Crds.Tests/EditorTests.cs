namespace Fairlead.Crds.Tests;

public sealed class EditorTests
{
    [Theory]
    [InlineData("spec:\n  running: true # on\n  domain: {}\n", "spec:\n  running: false # on\n  domain: {}\n")]
    [InlineData("spec:\n  # why\n  domain: {}\n", "spec:\n  # why\n  running: false\n  domain: {}\n")]
    [InlineData("spec:\n  running: # later\n  domain: {}\n", "spec:\n  running: false # later\n  domain: {}\n")]
    [InlineData("spec: {}\n", "spec: {running: false}\n")]
    [InlineData("spec: { domain: {} } # x\n", "spec: { running: false, domain: {} } # x\n")]
    [InlineData("spec: {running: yes}", "spec: {running: false}")]
    [InlineData("spec:\n", "spec:\n  running: false\n")]
    [InlineData("spec: # nothing\n# end\n", "spec: # nothing\n  running: false\n# end\n")]
    [InlineData("", "spec:\n  running: false\n")]
    [InlineData("\n# end\n", "spec:\n  running: false\n\n# end\n")]
    [InlineData("spec:\n    running:    true\n", "spec:\n    running:    false\n")]
    [InlineData("\"spec\":\n  'running': !!bool true\n", "\"spec\":\n  'running': false\n")]
    public void Stop_ChangesOnlyRunning(string spec, string stopped)
    {
        string head = "# a machine\n" + Manifests.Named("web");

        string edited = ManifestEditor.SetRunning(head + spec, 0, running: false);

        Assert.Equal(head + stopped, edited);
        Assert.False(Manifests.ReadOne(edited).Spec.Running);
    }

    [Theory]
    [InlineData(
        """{"apiVersion":"fairlead.dev/v1alpha1","kind":"VirtualMachine","metadata":{"name":"a"}}""",
        """{"apiVersion":"fairlead.dev/v1alpha1","kind":"VirtualMachine","metadata":{"name":"a"}, "spec": {"running": false}}"""
    )]
    [InlineData(
        """{"apiVersion":"fairlead.dev/v1alpha1","kind":"VirtualMachine","metadata":{"name":"a"},"spec":{"domain":{}}}""",
        """{"apiVersion":"fairlead.dev/v1alpha1","kind":"VirtualMachine","metadata":{"name":"a"},"spec":{"running": false, "domain":{}}}"""
    )]
    [InlineData(
        """{"apiVersion":"fairlead.dev/v1alpha1","kind":"VirtualMachine","metadata":{"name":"a"},"spec":null}""",
        """{"apiVersion":"fairlead.dev/v1alpha1","kind":"VirtualMachine","metadata":{"name":"a"},"spec":{"running": false}}"""
    )]
    [InlineData(
        "{\n  \"apiVersion\": \"fairlead.dev/v1alpha1\",\n  \"kind\": \"VirtualMachine\",\n  \"metadata\": {\"name\": \"a\"},\n"
            + "  \"spec\": {\n    \"domain\": {}\n  }\n}\n",
        "{\n  \"apiVersion\": \"fairlead.dev/v1alpha1\",\n  \"kind\": \"VirtualMachine\",\n  \"metadata\": {\"name\": \"a\"},\n"
            + "  \"spec\": {\n    \"running\": false,\n    \"domain\": {}\n  }\n}\n"
    )]
    public void StopInJson_StaysJson(string json, string stopped)
    {
        string edited = ManifestEditor.SetRunning(json, 0, running: false);

        Assert.Equal(stopped, edited);
        using System.Text.Json.JsonDocument _ = System.Text.Json.JsonDocument.Parse(edited);
    }

    [Fact]
    public void WindowsLineEnds_AreKept()
    {
        string text = (Manifests.Named("web") + "spec:\n  domain: {}\n").Replace(
            "\n",
            "\r\n",
            StringComparison.Ordinal
        );

        string edited = ManifestEditor.SetRunning(text, 0, running: false);

        Assert.Equal(text.Replace("  domain", "  running: false\r\n  domain", StringComparison.Ordinal), edited);
    }

    [Fact]
    public void MachineThatIsInThatStateAlready_IsLeftAlone()
    {
        string text = Manifests.Named("web");

        Assert.Same(text, ManifestEditor.SetRunning(text, 0, running: true));
    }

    [Fact]
    public void StopAndStart_GivesTheTextBackInEveryGoodManifest()
    {
        foreach (string file in Corpus.Good)
        {
            string text = File.ReadAllText(Corpus.PathOf(file));
            ManifestFile before = Manifests.Read(text);
            for (int i = 0; i < before.Documents.Count; i++)
            {
                bool running = before.Documents[i].VirtualMachine!.Spec.Running;
                string turned = ManifestEditor.SetRunning(text, i, !running);
                string back = ManifestEditor.SetRunning(turned, i, running);
                Assert.Equal(
                    before.Documents.Select(document => ManifestWriter.ToJson(document.VirtualMachine!)),
                    Manifests.Read(back).Documents.Select(document => ManifestWriter.ToJson(document.VirtualMachine!))
                );
                Assert.Equal(!running, Manifests.Read(turned).Documents[i].VirtualMachine!.Spec.Running);
                Assert.Equal(Comments(text), Comments(turned));
            }
        }
    }

    [Fact]
    public void SpecBehindAnAlias_IsWrittenAnewForThisDocumentAlone()
    {
        string list = """
            apiVersion: v1
            kind: List
            items:
            - apiVersion: fairlead.dev/v1alpha1
              kind: VirtualMachine
              metadata: {name: a}
              spec: &spec {running: true}
            - apiVersion: fairlead.dev/v1alpha1
              kind: VirtualMachine
              metadata: {name: b}
              spec: *spec
            """;

        ManifestFile edited = Manifests.Read(ManifestEditor.SetRunning(list, 1, running: false));

        Assert.Equal([true, false], edited.Documents.Select(document => document.VirtualMachine!.Spec.Running));
    }

    [Fact]
    public void DocumentWithOtherErrors_CanStillBeStopped()
    {
        string text = Manifests.Named("web") + "spec:\n  nonsense: 1\n";

        Assert.Equal(
            text.Replace("  nonsense", "  running: false\n  nonsense", StringComparison.Ordinal),
            ManifestEditor.SetRunning(text, 0, running: false)
        );
    }

    [Theory]
    [InlineData("{")]
    [InlineData("- a\n")]
    [InlineData("apiVersion: fairlead.dev/v1alpha1\nkind: VirtualMachine\nspec: 7\n")]
    public void DocumentThatIsNoMachine_IsRefusedWithItsErrors(string text)
    {
        ManifestFormatException e = Assert.Throws<ManifestFormatException>(() =>
            ManifestEditor.SetRunning(text, 0, running: false)
        );

        Assert.NotEmpty(e.Errors);
    }

    [Fact]
    public void Removed_LeavesTheOthersAsTheyAre()
    {
        string one = "# first\n" + Manifests.Named("one");
        string two = "---\n" + Manifests.Named("two");
        string three = "--- # third\n" + Manifests.Named("three");

        Assert.Equal(two + three, ManifestEditor.Remove(one + two + three, 0));
        Assert.Equal(one + three, ManifestEditor.Remove(one + two + three, 1));
        Assert.Equal(one + two, ManifestEditor.Remove(one + two + three, 2));
        Assert.Null(ManifestEditor.Remove("---\n" + one, 0));
    }

    [Fact]
    public void RemovedBeforeADocumentWithoutMarker_KeepsTheOthersApart()
    {
        string text = $"{Manifests.Named("one")}---\n{Manifests.Named("two")}...\n{Manifests.Named("three")}";

        string rest = ManifestEditor.Remove(text, 1)!;

        Assert.Equal(["default/one", "default/three"], Keys(rest));
    }

    [Theory]
    [InlineData("good/list.yaml")]
    [InlineData("good/several.yaml")]
    public void EachDocument_CanBeRemovedAndExtracted(string file)
    {
        string text = File.ReadAllText(Corpus.PathOf(file));
        List<string?> keys = [.. Keys(text)];
        for (int i = 0; i < keys.Count; i++)
        {
            Assert.Equal(keys.Where((_, k) => k != i), Keys(ManifestEditor.Remove(text, i)!));
            Assert.Equal([keys[i]], Keys(ManifestEditor.ExtractDocument(text, i)));
        }
    }

    [Fact]
    public void ListItem_IsExtractedWithItsCommentsAndLayout()
    {
        const string list = """
            apiVersion: v1
            kind: List
            items:
              - apiVersion: fairlead.dev/v1alpha1 # ours
                kind: VirtualMachine
                metadata:
                  name: a
                  annotations:
                    text: |
                      one
                       two
              # the second
              - {apiVersion: fairlead.dev/v1alpha1, kind: VirtualMachine, metadata: {name: b}}
            """;

        Assert.Equal(
            """
            apiVersion: fairlead.dev/v1alpha1 # ours
            kind: VirtualMachine
            metadata:
              name: a
              annotations:
                text: |
                  one
                   two

            """,
            ManifestEditor.ExtractDocument(list, 0)
        );
        Assert.Equal(
            "{apiVersion: fairlead.dev/v1alpha1, kind: VirtualMachine, metadata: {name: b}}\n",
            ManifestEditor.ExtractDocument(list, 1)
        );
        Assert.Equal(["default/b"], Keys(ManifestEditor.Remove(list, 0)!));
        Assert.Equal(["default/a"], Keys(ManifestEditor.Remove(list, 1)!));
    }

    [Fact]
    public void JsonListsItem_IsRemovedWithItsComma()
    {
        string[] letters = ["a", "b", "c"];
        string list = ManifestWriter.ToJson(
            letters.Select(name => new VirtualMachine { Metadata = new ObjectMeta { Name = name } })
        );
        string[] names = ["default/a", "default/b", "default/c"];
        for (int i = 0; i < names.Length; i++)
        {
            string rest = ManifestEditor.Remove(list, i)!;
            using System.Text.Json.JsonDocument _ = System.Text.Json.JsonDocument.Parse(rest);
            Assert.Equal(names.Where((_, k) => k != i), Keys(rest));
        }
    }

    [Fact]
    public void NoSuchDocument_IsTheCallersMistake() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ManifestEditor.Remove(Manifests.Named("a"), 1));

    private static IEnumerable<string?> Keys(string text) =>
        Manifests.Read(text).Documents.Select(document => document.Key?.ToString());

    private static IEnumerable<string> Comments(string text) =>
        text.Split('\n')
            .Where(line => line.Contains('#', StringComparison.Ordinal))
            .Select(line => line[line.IndexOf('#', StringComparison.Ordinal)..]);
}
