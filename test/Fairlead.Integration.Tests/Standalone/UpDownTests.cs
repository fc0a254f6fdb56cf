using Fairlead.Testing;

namespace Fairlead.Integration.Tests.Standalone;

public sealed class UpDownTests
{
    [Fact]
    public async Task UpAndDown_EachTwice_LeaveTheNodeAsItWas()
    {
        await using StandaloneNode node = await StandaloneNode.StartAsync();
        NodeSnapshot before = await node.SnapshotAsync();

        Assert.EndsWith("] up\n", await node.RunAsync("up"), StringComparison.Ordinal);
        await node.ReadyAsync();
        NodeSnapshot up = await node.SnapshotAsync();
        Assert.EndsWith("] already up\n", await node.RunAsync("up"), StringComparison.Ordinal);
        Assert.Empty(NodeSnapshot.Diff(up, await node.SnapshotAsync()));

        Assert.EndsWith("] down\n", await node.RunAsync("down"), StringComparison.Ordinal);
        Assert.EndsWith("] nothing was up\n", await node.RunAsync("down"), StringComparison.Ordinal);
        Assert.Equal(1, (await node.ExecAsync("status")).ExitCode);
        await node.RunAsync("down", "--purge");
        await node.RestoredAsync(before);
    }

    [Fact]
    public async Task DownWithoutPurge_KeepsManifestsAndTheChoiceOfASubnet()
    {
        await using StandaloneNode node = await StandaloneNode.StartAsync();
        await node.RunAsync("up");
        node.Write("/var/lib/fairlead/manifests/kept.yaml", "");
        string network = "/var/lib/fairlead/cni/net.d/10-fairlead.conflist";
        string chosen = await node.Node.RunAsync("cat", network);

        await node.RunAsync("down");
        // Were it chosen again, it would now be another one.
        await node.Node.RunAsync("ip", "link", "add", "other", "type", "bridge");
        await node.Node.RunAsync("ip", "address", "add", "10.89.0.1/16", "dev", "other");
        await node.RunAsync("up");

        Assert.Equal(chosen, await node.Node.RunAsync("cat", network));
        Assert.Contains("10.88.0.0/16", chosen, StringComparison.Ordinal);
        Assert.True(File.Exists(node.Node.HostPath("/var/lib/fairlead/manifests/kept.yaml")));
    }

    [Fact]
    public async Task SubnetAndBridgeInUse_AreNotChosen()
    {
        await using StandaloneNode node = await StandaloneNode.StartAsync();
        await node.Node.RunAsync("ip", "link", "add", "fairlead0", "type", "bridge");
        await node.Node.RunAsync("ip", "address", "add", "10.88.3.1/24", "dev", "fairlead0");
        await node.Node.RunAsync("ip", "link", "set", "fairlead0", "up");
        await node.Node.RunAsync("ip", "route", "add", "10.89.0.0/16", "via", "10.88.3.2");

        await node.RunAsync("up");

        Assert.Contains(
            "10.90.0.1/16",
            await node.Node.RunAsync("ip", "-br", "address", "show", "fairlead1"),
            StringComparison.Ordinal
        );
        await node.RunAsync("down");
        Assert.Contains("fairlead0", await node.Node.RunAsync("ip", "-br", "link"), StringComparison.Ordinal);
        Assert.DoesNotContain("fairlead1", await node.Node.RunAsync("ip", "-br", "link"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TwoEnvironments_LiveSideBySide()
    {
        await using StandaloneNode node = await StandaloneNode.StartAsync();
        string directory = Path.Combine(node.Node.Directory, "lab");
        NodeSnapshot before = await node.SnapshotAsync();

        await node.RunAsync("up");
        await node.RunAsync("up", "--state-dir", directory);
        await node.ReadyAsync();
        await node.ReadyAsync("--state-dir", directory);

        // The first one has made the directories that both pods mount upon; it leaves them to the other.
        await node.RunAsync("down", "--purge");
        await node.ReadyAsync("--state-dir", directory);
        await node.RunAsync("down", "--purge", "--state-dir", directory);
        await node.RestoredAsync(before);
        Assert.False(Directory.Exists(node.Node.HostPath(directory)));
    }

    [Fact]
    public async Task TwoUpsAtOnce_MakeOneEnvironment()
    {
        await using StandaloneNode node = await StandaloneNode.StartAsync();

        string[] outputs = await Task.WhenAll(node.RunAsync("up"), node.RunAsync("up"));

        Assert.Single(outputs, output => output.EndsWith("] up\n", StringComparison.Ordinal));
        Assert.Single(outputs, output => output.EndsWith("] already up\n", StringComparison.Ordinal));
        await node.ReadyAsync();
    }

    [Fact]
    public async Task OtherOptionsWhileUp_AreRefused()
    {
        await using StandaloneNode node = await StandaloneNode.StartAsync();
        await node.RunAsync("up", "--node-name", "first");

        CommandResult refused = await node.ExecAsync("up", "--node-name", "second");

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains(
            "--node-name first: run 'fairlead down' first",
            refused.StandardError,
            StringComparison.Ordinal
        );
        await node.RunAsync("up", "--node-name", "first");
        await node.ReadyAsync();
    }

    [Fact]
    public async Task PodSeesItsOwnLibvirtAndTheHostDoesNot()
    {
        await using StandaloneNode node = await StandaloneNode.StartAsync();
        await node.RunAsync("up");

        string[] inPod = ["nsenter", "--target", node.PidOf("sandbox"), "--mount", "--net", "--"];
        Assert.Contains(
            "libvirt-sock",
            await node.Node.RunAsync([.. inPod, "ls", "/run/libvirt"]),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "libvirt-qemu:",
            await node.Node.RunAsync([.. inPod, "cat", "/etc/passwd"]),
            StringComparison.Ordinal
        );
        // sysfs of the pod's network namespace.
        Assert.Equal("eth0\nlo\n", await node.Node.RunAsync([.. inPod, "ls", "/sys/class/net"]));
        Assert.Equal("", await node.Node.RunAsync("ls", "/run/libvirt"));
    }
}
