using Fairlead.Agent.Standalone;
using Fairlead.Crds;

namespace Fairlead.Agent.Tests.Standalone;

public sealed class ApplyPlanTests
{
    // Sorts before and after any path of the manifest directory.
    public static TheoryData<string> Sources { get; } = new("/a/applied.yaml", "standard input", "zz.yaml");

    [Fact]
    public void Outcomes_AreCreatedConfiguredUnchanged()
    {
        ApplyPlan plan = ApplyPlan.Of(
            Applied(
                Sample.Manifest("new"),
                Sample.Manifest("changed", "{running: false}"),
                "# a comment, and another layout\n" + Sample.Manifest("same", "\n  running: true"),
                Sample.Manifest("mended")
            ),
            [
                Present("1.yaml", Sample.Manifest("changed")),
                Present("2.yaml", Sample.Manifest("same")),
                Present("3.yaml", Sample.Manifest("mended", "{domain: {vcpu: 0}}")),
            ]
        );

        Assert.Empty(plan.Errors);
        Assert.Equal(
            [
                ("new", ApplyOutcome.Created),
                ("changed", ApplyOutcome.Configured),
                ("same", ApplyOutcome.Unchanged),
                ("mended", ApplyOutcome.Configured),
            ],
            plan.Objects.Select(o => (o.Key.Name, o.Outcome))
        );
    }

    [Fact]
    public void Errors_AreAllToldAtOnce()
    {
        ApplyPlan plan = ApplyPlan.Of(
            Applied(
                Sample.Manifest("a", "{domain: {vcpu: 0}}"),
                Sample.Manifest("b", "{domain: {os: {kernel: /nowhere/vmlinuz}}}"),
                Sample.Manifest("c", "{domain: {devices: {disks: [{source: {file: /nowhere/disk}}]}}}")
            ),
            []
        );

        Assert.Contains(plan.Errors, e => e.Contains("spec.domain.vcpu", StringComparison.Ordinal));
        Assert.Contains(plan.Errors, e => e.Contains("\"/nowhere/vmlinuz\" does not exist", StringComparison.Ordinal));
        Assert.Contains(plan.Errors, e => e.Contains("disks[0].source.file", StringComparison.Ordinal));
        Assert.All(plan.Errors, e => Assert.StartsWith("applied.yaml:", e, StringComparison.Ordinal));
    }

    [Fact]
    public void EmptyFile_IsAnError() =>
        Assert.NotEmpty(ApplyPlan.Of(ManifestReader.Read("", "applied.yaml"), []).Errors);

    [Theory]
    [MemberData(nameof(Sources))]
    public void MacOfAMachineThatStays_IsAConflict(string source)
    {
        ApplyPlan plan = ApplyPlan.Of(
            ManifestReader.Read(Sample.WithMac("new", "02:00:00:00:00:01"), source),
            [Present("old.yaml", Sample.Manifest("other") + "---\n" + Sample.WithMac("old", "02:00:00:00:00:01"))]
        );

        string error = Assert.Single(plan.Errors);
        Assert.StartsWith(source + ":", error, StringComparison.Ordinal);
        Assert.Contains("default/old", error, StringComparison.Ordinal);
        Assert.Contains("/var/lib/fairlead/manifests/old.yaml", error, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void MacOfAMachineThatIsReplaced_IsFree(string source)
    {
        ApplyPlan plan = ApplyPlan.Of(
            ManifestReader.Read(
                Sample.WithMac("new", "02:00:00:00:00:01") + "---\n" + Sample.WithMac("old", "02:00:00:00:00:02"),
                source
            ),
            [Present("old.yaml", Sample.WithMac("old", "02:00:00:00:00:01"))]
        );

        Assert.Empty(plan.Errors);
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void NameTwiceInTheFile_IsAConflict(string source)
    {
        ApplyPlan plan = ApplyPlan.Of(
            ManifestReader.Read(Sample.Manifest("web") + "---\n" + Sample.Manifest("web"), source),
            []
        );

        Assert.Contains("default/web", Assert.Single(plan.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void ErrorsOfFilesThatStay_AreNotTheApplieds() =>
        Assert.Empty(
            ApplyPlan
                .Of(
                    Applied(Sample.Manifest("new")),
                    [
                        Present("1.yaml", "{"),
                        Present("2.yaml", Sample.Manifest("bad", "{domain: {vcpu: 0}}")),
                        Present("3.yaml", Sample.WithMac("a", "02:00:00:00:00:01")),
                        Present("4.yaml", Sample.WithMac("b", "02:00:00:00:00:01")),
                    ]
                )
                .Errors
        );

    private static ManifestFile Applied(params string[] documents) =>
        ManifestReader.Read(string.Join("---\n", documents), "applied.yaml");

    private static ManifestFile Present(string name, string text) =>
        ManifestReader.Read(text, $"/var/lib/fairlead/manifests/{name}");
}
