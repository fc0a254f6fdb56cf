using Fairlead.Agent.Reconciling;
using Fairlead.Agent.Standalone;
using Fairlead.Crds;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fairlead.Agent.Tests.Standalone;

public sealed class ManifestDirectoryTests : IDisposable
{
    private readonly TemporaryDirectory _files = new();
    private readonly ManifestDirectory _manifests;

    public ManifestDirectoryTests() =>
        _manifests = new ManifestDirectory(_files.Path, NullLogger<ManifestDirectory>.Instance);

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Load_TellsWhatIsOtherThanBefore()
    {
        _files.Write("a.yaml", Sample.Manifest("a") + "---\n" + Sample.Manifest("b"));
        _files.Write(
            "c.json",
            """{"apiVersion": "fairlead.dev/v1alpha1", "kind": "VirtualMachine", "metadata": {"name": "c"}}"""
        );
        Assert.Equal(["a", "b", "c"], Load());
        Assert.Empty(Load());

        _files.Write(
            "a.yaml",
            Sample.Manifest("a") + "---\n# a comment changes nothing\n" + Sample.Manifest("b", "{running: false}")
        );
        Assert.Equal(["b"], Load());

        File.Delete(_files.Of("c.json"));
        Assert.Equal(["c"], Load());
        Assert.Null(_manifests.Find(Sample.Key("c")));
    }

    [Theory]
    [InlineData(".a.yaml")]
    [InlineData("a.yaml~")]
    [InlineData("a.txt")]
    [InlineData("a.yaml.0123.tmp")]
    public void OtherFiles_AreNoManifests(string name)
    {
        _files.Write(name, Sample.Manifest("a"));

        Assert.Empty(Load());
    }

    [Fact]
    public void DirectoryThatVanishes_DeletesNoMachine()
    {
        Directory.CreateDirectory(_files.Of("mounted"));
        _files.Write("mounted/a.yaml", Sample.Manifest("a"));
        ManifestDirectory manifests = new(_files.Of("mounted"), NullLogger<ManifestDirectory>.Instance);
        manifests.Load();

        Directory.Delete(_files.Of("mounted"), recursive: true);

        Assert.Throws<DirectoryNotFoundException>(() => manifests.Load());
        Assert.NotNull(manifests.Find(Sample.Key("a")));
    }

    [Fact]
    public void UnreadableFile_KeepsOthersAndIsReported()
    {
        _files.Write("a.yaml", "{");
        _files.Write("b.yaml", Sample.Manifest("b"));
        _files.Write("c.yaml", Sample.Manifest("c", "{domain: {vcpu: 0}}"));

        Assert.Equal(["b", "c"], Load());
        Assert.NotNull(_manifests.Find(Sample.Key("b"))!.Vm);
        Assert.Contains("vcpu", _manifests.Find(Sample.Key("c"))!.Problem, StringComparison.Ordinal);
        Assert.Equal(2, _manifests.Snapshot.Errors.Count);
    }

    [Fact]
    public void TwoOfOneName_TheFirstFileCounts()
    {
        _files.Write("b.yaml", Sample.Manifest("web", "{running: false}"));
        _files.Write("a.yaml", Sample.Manifest("web"));
        Load();

        Assert.True(_manifests.Find(Sample.Key("web"))!.Vm!.Spec.Running);
        Assert.Contains("b.yaml", Assert.Single(_manifests.Snapshot.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void SameMacInTwo_TheSecondIsRefusedNotForgotten()
    {
        _files.Write("a.yaml", Sample.WithMac("a", "02:00:00:00:00:01"));
        _files.Write("b.yaml", Sample.WithMac("b", "02:00:00:00:00:01"));
        Load();

        Assert.NotNull(_manifests.Find(Sample.Key("a"))!.Vm);
        Assert.Contains("02:00:00:00:00:01", _manifests.Find(Sample.Key("b"))!.Problem, StringComparison.Ordinal);
    }

    // An editor that truncates and writes, a disk that is full: the machine of that file is not to be deleted for it.
    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("apiVersion: fairlead.dev/v1alpha1\nkind: Virtual")]
    public void FileThatHasBecomeUnreadable_ItsMachineIsStillWanted(string text)
    {
        string file = _files.Write("web.yaml", Sample.Manifest("web"));
        Load();
        _files.Write("web.yaml", text);
        Load();

        DesiredVm? desired = _manifests.Find(Sample.Key("web"), lastSource: file);

        Assert.NotNull(desired);
        Assert.Null(desired.Vm);
        Assert.Contains("web.yaml", desired.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void MachineOfAFileThatIsUnderstood_IsGoneWithItsDocument()
    {
        string file = _files.Write("web.yaml", Sample.Manifest("other"));
        _files.Write("broken.yaml", "{");
        Load();

        Assert.Null(_manifests.Find(Sample.Key("web"), lastSource: file));
        Assert.Null(_manifests.Find(Sample.Key("web"), lastSource: _files.Of("gone.yaml")));
        Assert.Null(_manifests.Find(Sample.Key("web"), lastSource: null));
    }

    [Fact]
    public async Task Apply_WritesEachToAFileOfItsOwnWordForWord()
    {
        string text = $"# about a\n{Sample.Manifest("a")}  # indented\n---\n{Sample.Manifest("b")}";

        await ApplyAsync(text);

        Assert.Equal(["default.a.yaml", "default.b.yaml"], _files.Names());
        Assert.Contains("# about a\n", _files.Read("default.a.yaml"), StringComparison.Ordinal);
        Assert.Contains("  # indented\n", _files.Read("default.a.yaml"), StringComparison.Ordinal);
        Assert.Equal(["a", "b"], Load());
    }

    [Fact]
    public async Task Apply_MovesADocumentOutOfItsOldFile()
    {
        _files.Write("all.yaml", $"# first\n{Sample.Manifest("a")}---\n# second\n{Sample.Manifest("b")}");

        await ApplyAsync(Sample.Manifest("a", "{running: false}"));

        Assert.Equal(["all.yaml", "default.a.yaml"], _files.Names());
        Assert.DoesNotContain("name: a", _files.Read("all.yaml"), StringComparison.Ordinal);
        Assert.Contains("# second\n", _files.Read("all.yaml"), StringComparison.Ordinal);
        Load();
        Assert.False(_manifests.Find(Sample.Key("a"))!.Vm!.Spec.Running);
        Assert.Empty(_manifests.Snapshot.Errors);
    }

    [Fact]
    public async Task Apply_OfSeveralDocumentsOfOneFile_LeavesTheOthersOfThatFile()
    {
        _files.Write(
            "all.yaml",
            string.Join("---\n", Sample.Manifest("a"), Sample.Manifest("b"), Sample.Manifest("c"))
        );

        await ApplyAsync(Sample.Manifest("a", "{running: false}") + "---\n" + Sample.Manifest("b", "{running: false}"));

        Load();
        Assert.Equal(["a", "b", "c"], Machines());
        Assert.Empty(_manifests.Snapshot.Errors);
        Assert.True(_manifests.Find(Sample.Key("c"))!.Vm!.Spec.Running);
    }

    [Fact]
    public async Task Apply_WhereTheFileOfItsNameHoldsOthers_LosesNone()
    {
        _files.Write("default.a.yaml", Sample.Manifest("b") + "---\n" + Sample.Manifest("a"));

        await ApplyAsync(Sample.Manifest("a", "{running: false}"));

        Load();
        Assert.Equal(["a", "b"], Machines());
        Assert.Empty(_manifests.Snapshot.Errors);
        Assert.False(_manifests.Find(Sample.Key("a"))!.Vm!.Spec.Running);
    }

    [Fact]
    public async Task Apply_OverAnUnreadableFileOfItsName_MendsIt()
    {
        _files.Write("default.a.yaml", "{");

        await ApplyAsync(Sample.Manifest("a"));

        Assert.Equal(["default.a.yaml"], _files.Names());
        Assert.Equal(["a"], Load());
    }

    [Fact]
    public async Task Apply_OfTheSame_WritesNothing()
    {
        string file = _files.Write("mine.yaml", "# mine\n" + Sample.Manifest("a"));
        File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch);

        await ApplyAsync(Sample.Manifest("a"));

        Assert.Equal(["mine.yaml"], _files.Names());
        Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(file));
    }

    [Fact]
    public async Task Delete_TakesTheDocumentAndLeavesTheRest()
    {
        _files.Write("all.yaml", $"# first\n{Sample.Manifest("a")}---\n# second\n{Sample.Manifest("b")}");

        Assert.True(await _manifests.DeleteAsync(Sample.Key("a")));

        Assert.Contains("# second\n", _files.Read("all.yaml"), StringComparison.Ordinal);
        Load();
        Assert.Equal(["b"], Machines());
        Assert.True(await _manifests.DeleteAsync(Sample.Key("b")));
        Assert.Empty(_files.Names());
        Assert.False(await _manifests.DeleteAsync(Sample.Key("b")));
    }

    [Fact]
    public async Task Delete_OfANameThatTwoFilesHave_LeavesNone()
    {
        _files.Write("a.yaml", Sample.Manifest("web"));
        _files.Write(
            "b.yaml",
            Sample.Manifest("web") + "---\n" + Sample.Manifest("b") + "---\n" + Sample.Manifest("web")
        );

        Assert.True(await _manifests.DeleteAsync(Sample.Key("web")));

        Load();
        Assert.Equal(["b"], Machines());
    }

    [Fact]
    public async Task Delete_OfAnInvalidManifest_IsPossible()
    {
        _files.Write("a.yaml", Sample.Manifest("web", "{domain: {vcpu: 0}}"));

        Assert.True(await _manifests.DeleteAsync(Sample.Key("web")));

        Assert.Empty(_files.Names());
    }

    // What the call finds besides its own change is left for the loop to find.
    [Fact]
    public async Task DeleteAndStop_LeaveOtherChangesToTheNextLoad()
    {
        _files.Write("a.yaml", Sample.Manifest("a"));
        _files.Write("b.yaml", Sample.Manifest("b"));
        Load();
        _files.Write("c.yaml", Sample.Manifest("c"));

        await _manifests.DeleteAsync(Sample.Key("a"));
        await _manifests.SetRunningAsync(Sample.Key("b"), running: false);

        Assert.Equal(["a", "b", "c"], Load());
    }

    [Fact]
    public async Task StopAndStart_ChangeNothingElse()
    {
        string manifest =
            $"# mine\n{Sample.Manifest("a", "\n  # why\n  running: true # indeed")}---\n{Sample.Manifest("b")}";
        _files.Write("all.yaml", manifest);

        Assert.True(await _manifests.SetRunningAsync(Sample.Key("a"), running: false));
        Assert.Equal(
            manifest.Replace("running: true", "running: false", StringComparison.Ordinal),
            _files.Read("all.yaml")
        );
        Assert.False(await _manifests.SetRunningAsync(Sample.Key("a"), running: false));
        Assert.True(await _manifests.SetRunningAsync(Sample.Key("a"), running: true));
        Assert.Equal(manifest, _files.Read("all.yaml"));
    }

    [Fact]
    public async Task StopOfNoMachine_IsNull()
    {
        _files.Write("a.yaml", Sample.Manifest("bad", "{domain: {vcpu: 0}}"));

        Assert.Null(await _manifests.SetRunningAsync(Sample.Key("web"), running: false));
        Assert.Null(await _manifests.SetRunningAsync(Sample.Key("bad"), running: false));
    }

    [Fact]
    public async Task WritesAtTheSameTime_LoseNothing()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => ApplyAsync(Sample.Manifest($"vm{i}"))));
        await Task.WhenAll(Enumerable.Range(0, 10).Select(i => _manifests.DeleteAsync(Sample.Key($"vm{i}"))));

        Load();
        Assert.Equal(10, Machines().Length);
    }

    private string[] Load() => [.. _manifests.Load().Select(k => k.Name).Order(StringComparer.Ordinal)];

    private string[] Machines() => [.. _manifests.Snapshot.Keys.Select(k => k.Name).Order(StringComparer.Ordinal)];

    private async Task ApplyAsync(string text)
    {
        ApplyPlan plan = _manifests.Plan(ManifestReader.Read(text, "applied.yaml"));
        Assert.Empty(plan.Errors);
        await _manifests.ApplyAsync(plan);
    }
}
