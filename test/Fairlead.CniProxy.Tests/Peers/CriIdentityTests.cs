using Fairlead.CniProxy.Peers;

namespace Fairlead.CniProxy.Tests.Peers;

/// <summary>The parts of the cri identity that need no runtime; the rest has integration tests with a real one.</summary>
public sealed class CriIdentityTests
{
    private static readonly string s_own = new('a', 64);
    private static readonly string s_other = new('b', 64);

    public static TheoryData<string, string?> Cgroups { get; } =
        new()
        {
            { $"0::/kubepods/burstable/pod1-2/{s_own}\n", s_own },
            { $"0::/kubepods.slice/kubepods-pod1.slice/cri-containerd-{s_own}.scope\n", s_own },
            { $"0::/kubepods.slice/kubepods-pod1.slice/crio-{s_own}.scope/init\n", s_own },
            { $"0::/system.slice/containerd.service/kubepods-pod1.slice:cri-containerd:{s_own}\n", s_own },
            { $"12:cpu:/pod1/{s_own}\n1:name=systemd:/pod1/{s_own}\n", s_own },
            { $"12:cpu:/\n1:name=systemd:/pod1/{s_own}\n0::/\n", s_own },
            // A container may name a cgroup below its own after somebody else's.
            { $"0::/kubepods/pod1/{s_own}/cri-containerd-{s_other}.scope\n", s_own },
            { $"2:cpu:/pod1/{s_own}\n1:name=systemd:/pod1/{s_other}\n", null },
            { "0::/user.slice/user-0.slice/session-1.scope\n", null },
            { $"0::/kubepods/pod1/{s_own[1..]}\n", null },
            { $"0::/kubepods/pod1/{s_own.ToUpperInvariant()}\n", null },
            { "", null },
            { "nonsense\n::\n", null },
        };

    [Theory]
    [MemberData(nameof(Cgroups))]
    public void Cgroup_NamesTheContainer(string cgroups, string? container) =>
        Assert.Equal(container, ContainerCgroup.Find(cgroups));

    [Theory]
    [InlineData(
        """{"runtimeSpec":{"linux":{"namespaces":[{"type":"pid"},{"type":"network","path":"/run/netns/x"}]}}}""",
        "/run/netns/x"
    )]
    [InlineData("""{"runtimeSpec":{"linux":{"namespaces":[{"type":"network"}]}}}""", null)]
    [InlineData("""{"runtimeSpec":{"linux":{"namespaces":[{"type":"pid"}]}}}""", null)]
    [InlineData("""{"pid":3}""", null)]
    [InlineData("{}", null)]
    public void Information_NamesTheNetworkNamespace(string info, string? path) =>
        Assert.Equal(path, CriIdentity.NetnsPathOf(info));

    [Theory]
    [InlineData("no JSON")]
    [InlineData("""{"runtimeSpec":{"linux":{"namespaces":3}}}""")]
    public void InformationOfNoKnownForm_CannotTell(string info) =>
        Assert.Throws<IdentityException>(() => CriIdentity.NetnsPathOf(info));

    [Fact]
    public async Task RuntimeThatDoesNotAnswer_CannotTell()
    {
        using CriIdentity identity = new("/nowhere/cri.sock", TimeProvider.System);

        IdentityException e = await Assert.ThrowsAsync<IdentityException>(() =>
            identity.ListIdsAsync(TestContext.Current.CancellationToken)
        );

        Assert.Contains("/nowhere/cri.sock", e.Message, StringComparison.Ordinal);
    }
}
