using System.Diagnostics;

namespace Fairlead.CniProxy.Tests;

public sealed class LeftoverPluginsTests
{
    private readonly string _id = $"fairlead-{Guid.NewGuid():N}";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // The first forks a second one, as a plugin does with its IPAM plugin.
    [Fact]
    public async Task PluginsOfTheContainer_AreEndedWithTheirChildren()
    {
        using Process plugin = Start(_id, "sleep 60 & wait");
        using Process another = Start(_id + "0", "sleep 60");

        int ended = await LeftoverPlugins.EndAsync(_id, Cancellation);

        Assert.InRange(ended, 1, 2);
        await plugin.WaitForExitAsync(Cancellation);
        Assert.Equal(128 + 9, plugin.ExitCode);
        Assert.False(another.HasExited);
        Assert.Equal(0, await LeftoverPlugins.EndAsync(_id, Cancellation));
        another.Kill(entireProcessTree: true);
    }

    [Fact]
    public async Task NothingRuns_NothingIsEnded() =>
        Assert.Equal(0, await LeftoverPlugins.EndAsync(_id, Cancellation));

    private static Process Start(string containerId, string script)
    {
        ProcessStartInfo start = new("sh", ["-c", $"echo; {script}"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        start.Environment["CNI_CONTAINERID"] = containerId;
        Process process = Process.Start(start)!;
        _ = process.StandardOutput.ReadLine(); // it runs
        return process;
    }
}
