namespace Fairlead.Architecture.Tests;

/// <summary>
/// Who may know whom. Agent, Cli -> Vmi -> CniProxy.Client, Netlink, Libvirt; CniProxy -> Cni, CniProxy.Client. A new edge
/// is a decision: it is made here first.
/// </summary>
public sealed class DependencyGraphTests
{
    private static readonly Dictionary<string, string[]> s_allowed = new(StringComparer.Ordinal)
    {
        ["Netlink"] = [],
        ["Cni"] = [],
        ["Libvirt"] = [],
        ["Crds"] = [],
        ["Kubernetes"] = [],
        ["Hosting"] = [],
        ["Storage"] = [],
        ["CniProxy.Client"] = [],
        ["CniProxy"] = ["Cni", "CniProxy.Client", "Hosting", "Kubernetes", "Netlink", "Storage"],
        ["Vmi"] = ["CniProxy.Client", "Crds", "Libvirt", "Netlink", "Storage"],
        ["Standalone"] = ["Cni", "CniProxy.Client", "Libvirt", "Netlink", "Storage"],
        ["Agent"] = ["Hosting", "Kubernetes", "Vmi"],
        ["Controller"] = ["Hosting", "Kubernetes"],
        ["Cli"] = ["Agent", "CniProxy", "Controller", "Hosting", "Standalone"],
    };

    public static TheoryData<string> Projects { get; } = [.. ProjectFile.All.Keys];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_ReferencesOnlyWhatItMay(string project)
    {
        Assert.True(s_allowed.ContainsKey(project), $"{project} has no place in the graph yet");
        Assert.Empty(ProjectFile.All[project].Projects.Except(s_allowed[project], StringComparer.Ordinal));
    }

    [Fact]
    public void Graph_NamesNoProjectThatIsGone() => Assert.Empty(s_allowed.Keys.Except(ProjectFile.All.Keys));

    [Theory]
    [InlineData("Netlink")]
    [InlineData("Cni")]
    [InlineData("Libvirt")]
    public void PublicLibrary_NeedsNothingButALogger(string project) =>
        Assert.Empty(ProjectFile.All[project].Packages.Except(["Microsoft.Extensions.Logging.Abstractions"]));

    [Theory]
    [InlineData("Agent")]
    [InlineData("Vmi")]
    public void LibvirtPod_RunsNoPlugins(string project) => Assert.DoesNotContain("Cni", ProjectFile.Closure(project));

    [Fact]
    public void KubernetesClient_KnowsNoSibling() => Assert.Empty(ProjectFile.All["Kubernetes"].Projects);

    [Fact]
    public void Proxy_KnowsNothingOfVirtualMachines() =>
        Assert.Empty(ProjectFile.Closure("CniProxy").Intersect(["Vmi", "Libvirt", "Crds", "Agent"]));
}
