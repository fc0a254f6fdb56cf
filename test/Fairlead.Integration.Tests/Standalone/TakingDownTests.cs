using Fairlead.Testing;

namespace Fairlead.Integration.Tests.Standalone;

public sealed class TakingDownTests
{
    [Fact]
    public async Task VirtualMachines_AreShutDownAndTheirManifestsStay()
    {
        await using StandaloneNode node = await StandaloneNode.StartAsync();
        NodeSnapshot before = await node.SnapshotAsync();
        await node.UpWithMachineAsync();

        string output = await node.RunAsync("down");

        Assert.Contains("virtual machines shut down: 1", output, StringComparison.Ordinal);
        Assert.Empty(node.Reservations());
        Assert.NotEmpty(Directory.GetFiles(node.Node.HostPath("/var/lib/fairlead/manifests")));
        await node.RunAsync("down", "--purge");
        await node.RestoredAsync(before);
    }

    [Fact]
    public async Task DeadAgent_IsStartedAgainToShutTheVirtualMachinesDown()
    {
        await using StandaloneNode node = await StandaloneNode.StartAsync();
        NodeSnapshot before = await node.SnapshotAsync();
        await node.UpWithMachineAsync();
        await node.KillAsync("agent");

        string output = await node.RunAsync("down", "--purge");

        Assert.Contains("restarted the dead agent", output, StringComparison.Ordinal);
        Assert.Contains("virtual machines shut down: 1", output, StringComparison.Ordinal);
        await node.RestoredAsync(before);
    }

    [Fact]
    public async Task Force_EndsVirtualMachinesAndLeavesNothing()
    {
        await using StandaloneNode node = await StandaloneNode.StartAsync();
        NodeSnapshot before = await node.SnapshotAsync();
        await node.UpWithMachineAsync();

        string output = await node.RunAsync("down", "--force");

        Assert.Contains("released what was left of attachments: 1", output, StringComparison.Ordinal);
        Assert.Empty(node.Reservations());
        await node.RunAsync("down", "--purge");
        await node.RestoredAsync(before);
    }

    [Fact]
    public async Task EverythingKilled_IsClearedAway()
    {
        await using StandaloneNode node = await StandaloneNode.StartAsync();
        NodeSnapshot before = await node.SnapshotAsync();
        await node.UpWithMachineAsync();
        await node.KillAllAsync();
        Assert.Equal(2, node.Reservations().Count);

        await node.RunAsync("down");

        Assert.Empty(node.Reservations());
        await node.RunAsync("down", "--purge");
        await node.RestoredAsync(before);
    }

    [Fact]
    public async Task RecordThatIsTorn_IsDoneWithout()
    {
        await using StandaloneNode node = await StandaloneNode.StartAsync();
        NodeSnapshot before = await node.SnapshotAsync();
        await node.UpWithMachineAsync();
        string record = node.Node.HostPath("/var/lib/fairlead/environment.json");
        string text = await File.ReadAllTextAsync(record, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(record, text[..100], TestContext.Current.CancellationToken);
        Assert.Contains("'fairlead down'", (await node.ExecAsync("up")).StandardError, StringComparison.Ordinal);

        await node.RunAsync("down");

        Assert.Empty(node.Reservations());
        await node.RunAsync("down", "--purge");
        await node.RestoredAsync(before);
    }

    [Fact]
    public async Task DirectoryOfOthers_IsNotTouched()
    {
        await using StandaloneNode node = await StandaloneNode.StartAsync();
        node.Write("/var/log/lab/thesis.tex", "");

        Assert.Equal(1, (await node.ExecAsync("up", "--state-dir", "/var/log/lab")).ExitCode);
        Assert.Equal(1, (await node.ExecAsync("down", "--purge", "--state-dir", "/var/log/lab")).ExitCode);

        Assert.Equal("thesis.tex\n", await node.Node.RunAsync("ls", "/var/log/lab"));
    }
}
