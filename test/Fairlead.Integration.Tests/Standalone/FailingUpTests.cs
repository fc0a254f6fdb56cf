using Fairlead.Testing;

namespace Fairlead.Integration.Tests.Standalone;

public sealed class FailingUpTests
{
    [Fact]
    public async Task MissingPlugin_IsNamedAndNothingIsLeft()
    {
        await using StandaloneNode node = await StandaloneNode.StartAsync();

        CommandResult result = await FailAsync(node, "up", "--cni-bin-dir", "/nonexistent");

        Assert.Contains("CNI plugin \"bridge\"", result.StandardError, StringComparison.Ordinal);
        Assert.Contains("containernetworking-plugins", result.StandardError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConfigurationThatIsNoJson_IsNamedAndNothingIsLeft()
    {
        await using StandaloneNode node = await StandaloneNode.StartAsync();
        node.Write("/etc/cni/net.d/10-broken.conflist", "{");

        CommandResult result = await FailAsync(node, "up");

        Assert.Contains("/etc/cni/net.d/10-broken.conflist", result.StandardError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PluginThatFails_IsQuotedAndNothingIsLeft()
    {
        await using StandaloneNode node = await StandaloneNode.StartAsync();
        node.Write(
            "/etc/cni/net.d/10-bad.conflist",
            """
            {"cniVersion":"1.0.0","name":"bad","plugins":[
              {"type":"ptp","ipam":{"type":"static","addresses":[{"address":"10.77.0.2/24","gateway":"10.77.0.1"}]}},
              {"type":"fails"}]}
            """
        );
        node.Write("/etc/cni/bin/fails", "#!/bin/sh\necho '{\"code\":7,\"msg\":\"no such switch\"}'; exit 1\n");
        await node.Node.RunAsync("chmod", "+x", "/etc/cni/bin/fails");

        CommandResult result = await FailAsync(
            node,
            ["up", "--cni-bin-dir", "/usr/lib/cni", "--cni-bin-dir", "/opt/cni/bin", "--cni-bin-dir", "/etc/cni/bin"]
        );

        Assert.Contains("7 no such switch", result.StandardError, StringComparison.Ordinal);
        // Its DEL fails as well; that does not keep the next one from trying.
        File.Delete(node.Node.HostPath("/etc/cni/net.d/10-bad.conflist"));
        await node.RunAsync("up");
        await node.ReadyAsync();
    }

    [Fact]
    public async Task LibvirtdThatDoesNotStart_IsQuotedFromItsLogAndNothingIsLeft()
    {
        await using StandaloneNode node = await StandaloneNode.StartAsync();
        node.Write("/etc/fake/libvirtd", "#!/bin/sh\necho 'no QEMU here' >&2\nexit 3\n");
        await node.Node.RunAsync("chmod", "+x", "/etc/fake/libvirtd");
        NodeSnapshot before = await node.SnapshotAsync();

        CommandResult result = await node.Node.ExecAsync(
            "bash",
            "-c",
            $"PATH=/etc/fake:$PATH {StandaloneNode.Program} up"
        );

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("ended at once with exit status 3", result.StandardError, StringComparison.Ordinal);
        Assert.Contains("    no QEMU here", result.StandardOutput, StringComparison.Ordinal);
        await node.RunAsync("down", "--purge");
        await node.RestoredAsync(before);
    }

    [Fact]
    public async Task CtrlC_UndoesWhatWasBegun()
    {
        await using StandaloneNode node = await StandaloneNode.StartAsync();
        node.Write("/etc/fake/libvirtd", "#!/bin/sh\nexec sleep 60\n");
        await node.Node.RunAsync("chmod", "+x", "/etc/fake/libvirtd");
        NodeSnapshot before = await node.SnapshotAsync();

        CommandResult result = await node.Node.ExecAsync(
            "bash",
            "-c",
            $"PATH=/etc/fake:$PATH timeout --signal INT --foreground 4 {StandaloneNode.Program} up"
        );

        Assert.EndsWith("] undone\n", result.StandardOutput, StringComparison.Ordinal);
        Assert.NotEqual(0, result.ExitCode);
        await node.RunAsync("down", "--purge");
        await node.RestoredAsync(before);
    }

    private static async Task<CommandResult> FailAsync(StandaloneNode node, params string[] arguments)
    {
        NodeSnapshot before = await node.SnapshotAsync();
        CommandResult result = await node.ExecAsync(arguments);
        Assert.Equal(1, result.ExitCode);
        Assert.EndsWith("] undone\n", result.StandardOutput, StringComparison.Ordinal);
        // Its logs and its choice of a network are kept; nothing else.
        Assert.Empty(Directory.GetFileSystemEntries(node.Node.HostPath("/run/netns")));
        await node.RunAsync("down", "--purge");
        await node.RestoredAsync(before);
        return result;
    }
}
