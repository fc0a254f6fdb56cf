using System.Diagnostics;
using System.Text.Json;
using Fairlead.Netlink;

namespace Fairlead.Integration.Tests.Netlink;

/// <summary>A network namespace of a test's own, gone with it, and iproute2 inside it to compare with.</summary>
internal sealed class ScratchNamespace : IAsyncDisposable
{
    private readonly string _directory;

    private ScratchNamespace(string directory, NetworkNamespace netns, RouteSocket route)
    {
        _directory = directory;
        Netns = netns;
        Route = route;
    }

    public NetworkNamespace Netns { get; }

    public RouteSocket Route { get; }

    public string NetnsPath => NetnsPathIn(_directory);

    public static async Task<ScratchNamespace> CreateAsync()
    {
        string directory = Directory.CreateTempSubdirectory("fl-netlink-").FullName;
        NetworkNamespace netns = NetworkNamespace.Create(NetnsPathIn(directory));
        RouteSocket route = await RouteSocket.OpenAsync(netns, TestContext.Current.CancellationToken);
        return new ScratchNamespace(directory, netns, route);
    }

    /// <summary>Runs <c>ip -j ARGUMENTS</c> in the namespace and returns what it prints.</summary>
    public async Task<JsonElement> IpAsync(string arguments)
    {
        string output = await ExecAsync($"ip -j -d {arguments}");
        using JsonDocument document = JsonDocument.Parse(output.Length == 0 ? "[]" : output);
        return document.RootElement.Clone();
    }

    public async Task<string> ExecAsync(string command)
    {
        ProcessStartInfo start = new("nsenter")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add($"--net={NetnsPath}");
        foreach (string argument in command.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        string errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{command}: {errors}");
        return await output;
    }

    public async ValueTask DisposeAsync()
    {
        await Route.DisposeAsync();
        Netns.Dispose();
        NetworkNamespace.Delete(NetnsPath);
        Directory.Delete(_directory);
    }

    private static string NetnsPathIn(string directory) => Path.Combine(directory, "net");
}
