using System.Collections.Frozen;
using Fairlead.CniProxy.Journal;
using Fairlead.CniProxy.Pods;
using Fairlead.Netlink;

namespace Fairlead.CniProxy.Tests.Pods;

public sealed class PodLookTests
{
    private static readonly NetworkNamespaceId s_own = Sample.Sandbox.Netns.Identity;
    private static readonly NetworkNamespaceId s_other = new(s_own.Device, s_own.Inode + 1);
    private static readonly JournalRecord s_record = Sample.Record() with { BootId = "boot-1", NetnsCookie = 7 };

    [Fact]
    public void NamespaceInItsPlace_IsThere() => Assert.Null(Look(there: s_own).WhyGone(s_record));

    // Seen on a loaded machine: the next namespace at the path had the inode number of the one that was deleted.
    [Fact]
    public void InodeUsedAgain_IsGone_SinceTheCookieIsAnother()
    {
        Assert.NotNull(Look(there: s_own, cookie: 8).WhyGone(s_record));
        Assert.Null(Look(there: s_own, cookie: null).WhyGone(s_record));
        Assert.Null(Look(there: s_own, cookie: 8).WhyGone(s_record with { NetnsCookie = null }));
    }

    [Fact]
    public void AnotherBoot_IsGone_ThoughTheNumbersAreTheSame() =>
        Assert.Contains("started anew", Look(boot: "boot-2", there: s_own).WhyGone(s_record), StringComparison.Ordinal);

    [Fact]
    public void RecordWithoutBootId_IsJudgedByItsNamespaceAlone()
    {
        Assert.Null(Look(boot: "boot-2", there: s_own).WhyGone(s_record with { BootId = null }));
        Assert.NotNull(Look(boot: "boot-2", there: null).WhyGone(s_record with { BootId = null }));
    }

    [Fact]
    public void SandboxThatNobodyKnows_IsGone()
    {
        Assert.NotNull(Look(sandboxes: ["another"], there: s_own).WhyGone(s_record));
        Assert.Null(Look(sandboxes: ["another", "sandbox-1"], there: s_own).WhyGone(s_record));
    }

    [Fact]
    public void IdentitySourceThatCannotTell_MakesNobodyGone() =>
        Assert.Null(Look(sandboxes: null, there: s_own).WhyGone(s_record));

    [Fact]
    public void AnotherNamespaceInItsPlace_IsGone_ThoughProcessesAreLeft() =>
        Assert.NotNull(Look(there: s_other, inhabited: [s_own]).WhyGone(s_record));

    [Fact]
    public void NameRemovedUnderALivingPod_IsThere_UntilItsProcessesEnd()
    {
        Assert.Null(Look(there: null, inhabited: [s_other, s_own]).WhyGone(s_record));
        Assert.NotNull(Look(there: null, inhabited: [s_other]).WhyGone(s_record));
    }

    [Fact]
    public void NameRemovedAndInodeUsedAgain_IsGone_SinceTheCookieIsAnother() =>
        Assert.NotNull(Look(there: null, inhabited: [s_own], cookie: 8).WhyGone(s_record));

    private static PodLook Look(
        string boot = "boot-1",
        string[]? sandboxes = null,
        NetworkNamespaceId? there = null,
        NetworkNamespaceId[]? inhabited = null,
        ulong? cookie = 7
    ) =>
        new(
            boot,
            sandboxes?.ToFrozenSet(StringComparer.Ordinal),
            path =>
                (path == s_record.NetnsPath ? there : inhabited!.First(i => PathTo(i) == path)) is { } identity
                    ? new NetnsSeen(identity, cookie)
                    : null,
            () => (inhabited ?? []).ToFrozenDictionary(i => i, PathTo)
        );

    private static string PathTo(NetworkNamespaceId inhabited) => $"/proc/{inhabited.Inode}/ns/net";
}
