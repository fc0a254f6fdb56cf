using System.Text.Json;
using Fairlead.Testing;

namespace Fairlead.Integration.Tests.Standalone;

/// <summary>A node in which the program itself is run, as a user runs it on a machine.</summary>
internal sealed class StandaloneNode : IAsyncDisposable
{
    /// <summary>Everything that the program may write to, apart from what CNI and <c>ip netns</c> have.</summary>
    private static readonly string[] Directories = ["/etc", "/run", "/var/lib/fairlead", "/var/cache", "/var/log"];

    // No guest: the firmware finds nothing to boot, and the domain runs all the same.
    public static string ManifestOf(string machine) =>
        $$"""
            apiVersion: fairlead.dev/v1alpha1
            kind: VirtualMachine
            metadata: {name: {{machine}}}
            spec:
              terminationGracePeriodSeconds: 1
              domain:
                memory: {value: 64, unit: MiB}
                devices:
                  interfaces:
                  - type: pod-network
            """;

    private static readonly TimeSpan CommandTime = TimeSpan.FromSeconds(150);

    private StandaloneNode(TestNode node) => Node = node;

    public TestNode Node { get; }

    /// <summary>The program as this configuration has built it; FAIRLEAD_BINARY names another one.</summary>
    public static string Program { get; } =
        Environment.GetEnvironmentVariable("FAIRLEAD_BINARY") is { Length: > 0 } binary
            ? binary
            : Path.Combine(
                RepositoryPaths.Root,
                "src/Fairlead.Cli",
                Path.GetRelativePath(Path.GetFullPath("../../..", AppContext.BaseDirectory), AppContext.BaseDirectory),
                "fairlead"
            );

    public static async Task<StandaloneNode> StartAsync()
    {
        Privileged.Require("libvirtd", "qemu-system-x86_64", "dnsmasq", "bridge", "host-local", "iptables");
        StandaloneNode node = new(await TestNode.StartAsync());
        // The first namespace makes /run/netns a mount, and the first rule of iptables its tables; both stay, as they do
        // after `ip netns` and `iptables`.
        await node.Node.RunAsync("ip", "netns", "add", "first");
        await node.Node.RunAsync("ip", "netns", "delete", "first");
        await node.Node.RunAsync("iptables", "-t", "nat", "-A", "POSTROUTING", "-j", "RETURN");
        await node.Node.RunAsync("iptables", "-t", "nat", "-D", "POSTROUTING", "-j", "RETURN");
        return node;
    }

    public Task<CommandResult> ExecAsync(params string[] arguments) =>
        Node.ExecAsync([Program, .. arguments], input: null, CommandTime);

    public async Task<string> RunAsync(params string[] arguments) => (await ExecAsync(arguments)).Output();

    public Task<NodeSnapshot> SnapshotAsync() => NodeSnapshot.CaptureAsync(Node, Directories);

    public Task RestoredAsync(NodeSnapshot before) =>
        NodeSnapshot.RestoredAsync(Node, before, TimeSpan.FromSeconds(10), Directories);

    /// <summary>The parts of <c>fairlead status</c>: name, and whether it is ready.</summary>
    public async Task<IReadOnlyDictionary<string, bool>> StatusAsync(params string[] arguments)
    {
        CommandResult result = await ExecAsync(["status", "-o", "json", .. arguments]);
        using JsonDocument status = JsonDocument.Parse(result.StandardOutput);
        Assert.Equal(status.RootElement.GetProperty("ready").GetBoolean() ? 0 : 1, result.ExitCode);
        return status
            .RootElement.GetProperty("parts")
            .EnumerateArray()
            .ToDictionary(
                part => part.GetProperty("name").GetString()!,
                part => part.GetProperty("ready").GetBoolean(),
                StringComparer.Ordinal
            );
    }

    /// <summary>Asserts that all is ready.</summary>
    public async Task ReadyAsync(params string[] arguments) =>
        Assert.DoesNotContain(false, (await StatusAsync(arguments)).Values);

    /// <summary>The PID of a part's process.</summary>
    public string PidOf(string part, string runtime = "/run/fairlead") =>
        File.ReadAllText(Node.HostPath($"{runtime}/{part}.pid")).Split(' ')[0];

    public Task KillAsync(string part) => Node.RunAsync("kill", "-KILL", PidOf(part));

    /// <summary>Brings the environment up, with the virtual machine web running in it.</summary>
    public async Task UpWithMachineAsync()
    {
        await RunAsync("up");
        (await Node.ExecAsync([Program, "apply", "-f", "-"], ManifestOf("web"))).Output();
        await MachineRunsAsync();
    }

    public Task MachineRunsAsync() =>
        Eventually.SucceedsAsync(
            async () => Assert.Contains(" Running ", await RunAsync("get", "vm", "web"), StringComparison.Ordinal),
            TimeSpan.FromSeconds(60),
            "the virtual machine runs"
        );

    /// <summary>Ends everything in the node, as a power failure does; files and links stay.</summary>
    public Task KillAllAsync() =>
        // A shell of its own kills all that it may but itself and init (kill(2), pid -1).
        Node.RunAsync("bash", "-c", "kill -KILL -1; sleep 0.2");

    /// <summary>The addresses that the bundled network's host-local has given away.</summary>
    public IReadOnlyList<string> Reservations() =>
        [
            .. Directory
                .EnumerateFiles(Node.HostPath("/var/lib/fairlead/cni/ipam/fairlead"))
                .Select(path => Path.GetFileName(path))
                .Where(name => System.Net.IPAddress.TryParse(name, out _)),
        ];

    /// <summary>Writes a file in the node.</summary>
    public void Write(string path, string content)
    {
        string outside = Node.HostPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(outside)!);
        File.WriteAllText(outside, content);
    }

    public ValueTask DisposeAsync() => Node.DisposeAsync();
}
