using Fairlead.CniProxy.Client;
using Fairlead.CniProxy.Journal;
using Fairlead.CniProxy.Policies;
using Fairlead.CniProxy.Verbs;
using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fairlead.CniProxy.Tests.Policies;

public sealed class PolicyTests : IDisposable
{
    private const string Narrow = """
        rules:
          - namespaces: [fairlead]
            labels: {app: libvirt}
            defaultNetwork: false
            networks: [blue, green]
            maxAttachments: 3
            options: [mac, ips]
          - namespaces: [other]
        """;

    private readonly TemporaryDirectory _directory = new();

    /// <summary>A text, and what its refusal says.</summary>
    public static TheoryData<string, string> Bad { get; } =
        new()
        {
            { "", "line 1: the file is empty" },
            { "rules: 3", "must be a list" },
            { "rule: []", "has no field \"rule\"" },
            { "rules: []\nrules: []", "line 2: the policy: \"rules\" is there twice" },
            { "rules:\n  - maxAttachment: 3", "has no field \"maxAttachment\"" },
            { "rules:\n  - maxAttachments: -1", "line 2: maxAttachments is \"-1\"" },
            { "rules:\n  - maxAttachments: [1]", "must be a plain value" },
            { "rules:\n  - defaultNetwork: yes", "wanted true or false" },
            { "rules:\n  - options: [mac, plugin]", "option \"plugin\" is not known" },
            { "rules: &a\n  - networks: *a", "must be a list" },
            { "rules: []\n---\nrules: []", "a second document" },
            { "rules: [", "While parsing a node" },
            { "- rules", "must be fields" },
        };

    private string File1 => _directory.Of("policy.yaml");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void FirstRuleThatFits_Counts()
    {
        Policy policy = PolicyReader.Read(Narrow, "p");
        PolicyRule rule = policy.RuleFor(
            Sample.Sandbox with
            {
                Labels = new Dictionary<string, string> { ["app"] = "libvirt", ["x"] = "y" },
            }
        );

        Assert.Equal((3, true, false), (rule.MaxAttachments, rule.Opens("blue", false), rule.Opens("podnet", true)));
        Assert.Equal(128, policy.RuleFor(Sample.Sandbox with { PodNamespace = "other" }).MaxAttachments);
        rule.RequireOptions(EndpointOptions.Read(new V1.VnicOptions { Ips = { "10.0.0.1/8" } }));
        Refused(
            CniProxyReason.OptionForbidden,
            () =>
                rule.RequireOptions(
                    EndpointOptions.Read(
                        new V1.VnicOptions
                        {
                            Bandwidth = new V1.Bandwidth { EgressRate = 1, EgressBurst = 1 },
                        }
                    )
                )
        );
    }

    [Fact]
    public void PodThatNoRuleFits_MayHaveNothing() =>
        Refused(CniProxyReason.PodForbidden, () => PolicyReader.Read(Narrow, "p").RuleFor(Sample.Sandbox));

    [Fact]
    public void DefaultPolicy_IsTheDefaultNetworkAndMacOnly()
    {
        PolicyRule rule = Policy.Default.RuleFor(Sample.Sandbox);

        Assert.Equal(
            (true, false, 128, "mac"),
            (rule.Opens("any", true), rule.Opens("any", false), rule.MaxAttachments, Assert.Single(rule.Options))
        );
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public void BadText_IsRefusedWithTheReason(string text, string reason)
    {
        PolicyFormatException e = Assert.Throws<PolicyFormatException>(() => PolicyReader.Read(text, "p"));

        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ChangedFile_TakesEffect_AndABadOneDoesNot()
    {
        PolicyFile file = Open();
        Assert.Same(Policy.Default, file.Current);

        Write("rules: [{maxAttachments: 7}]");
        Assert.Equal(7, Assert.Single(file.Current.Rules).MaxAttachments);
        Write("rules: [{maxAttachments: many}]");
        Assert.Equal(7, Assert.Single(file.Current.Rules).MaxAttachments);
        Write("rules: [{maxAttachments: 9}]  # mended");
        Assert.Equal(9, Assert.Single(file.Current.Rules).MaxAttachments);
        File.Delete(File1);
        Assert.Same(Policy.Default, file.Current);
    }

    [Fact]
    public void BadFileAtTheStart_LetsNobodyHaveAnything()
    {
        Write("nonsense");

        Refused(CniProxyReason.PodForbidden, () => Open().Current.RuleFor(Sample.Sandbox));
    }

    [Fact]
    public void FileThatOthersMayWrite_IsRefused()
    {
        Write("rules: [{maxAttachments: 7}]");
        File.SetUnixFileMode(File1, (UnixFileMode)0b110_110_100);

        Assert.Empty(Open().Current.Rules);
    }

    [Fact]
    public async Task Quota_CountsWhatHasBegunAndWhatIsRecorded()
    {
        AttachmentJournal journal = AttachmentJournal.Open(_directory.Of("attachments"), NullLogger.Instance);
        await journal.SaveAsync(Sample.Record("one"));
        AttachmentQuota quota = new(journal);

        IDisposable second = quota.Reserve(Sample.Sandbox, "two", most: 2);

        Refused(CniProxyReason.QuotaExceeded, () => quota.Reserve(Sample.Sandbox, "three", most: 2));
        quota.Reserve(Sample.Sandbox, "one", most: 2).Dispose();
        quota.Reserve(Sample.Sandbox with { Id = "sandbox-2" }, "three", most: 2).Dispose();
        second.Dispose();
        quota.Reserve(Sample.Sandbox, "three", most: 2).Dispose();
    }

    private PolicyFile Open() => new(File1, NullLogger<PolicyFile>.Instance);

    private void Write(string text)
    {
        File.WriteAllText(File1, text);
        File.SetUnixFileMode(File1, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private static void Refused(string reason, Action action)
    {
        RpcException e = Assert.Throws<RpcException>(action);
        Assert.Equal(reason, e.Trailers.GetValue(CniProxyReason.TrailerKey));
    }

    [Theory]
    [InlineData("rules: [{}]", "team-a", "team-a", true)]
    [InlineData("rules: [{}]", "shared", "team-a", false)]
    [InlineData("rules: [{definitions: [{of: [own, shared]}]}]", "shared", "team-a", true)]
    [InlineData("rules: [{definitions: [{of: [shared], for: [team-b]}]}]", "shared", "team-a", false)]
    [InlineData("rules: [{definitions: [{of: [shared], for: [team-b]}]}]", "shared", "team-b", true)]
    [InlineData("rules: [{definitions: [{of: [shared], for: [team-b]}]}]", "team-b", "team-b", false)]
    [InlineData("rules: [{definitions: []}]", "team-a", "team-a", false)]
    public void Definitions_AreOpenByNamespace(string policy, string definitions, string machine, bool open) =>
        Assert.Equal(open, PolicyReader.Read(policy, "policy").Rules[0].OpensDefinitionsOf(definitions, machine));
}
