using System.Globalization;
using Fairlead.Agent.V1;
using Fairlead.CniProxy.Client;
using Fairlead.Libvirt;
using Fairlead.Testing;
using Grpc.Net.Client;

namespace Fairlead.Guest.Tests.Fixture;

/// <summary>
/// The node that all tests share, with <c>fairlead up</c> in it and one pod beside the libvirt pod. It starts with the
/// first test that asks for it, so that what the machine lacks skips the tests one by one.
/// </summary>
public sealed class GuestEnvironment : IAsyncLifetime
{
    /// <summary>For one thing to come true on a machine that is three times slower than a slow one.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    // Beside the tests' own assembly: a build during the run cannot change the program under them.
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "fairlead");

    private TestNode? _node;
    private PodContainer? _pod;
    private GrpcChannel? _channel;

    public TestNode Node => _node ?? throw NotStarted();

    /// <summary>A pod on the same network as the machines, attached by its plugin without anything of ours.</summary>
    public PodContainer Pod => _pod ?? throw NotStarted();

    public VirtualMachines.VirtualMachinesClient Agent => new(_channel ?? throw NotStarted());

    /// <summary>The libvirt pod's network namespace, as the node names it.</summary>
    public string LibvirtPodNamespace { get; private set; } = "";

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async Task StartAsync()
    {
        if (_pod is not null)
            return;
        Privileged.RequireGuest();
        _node = await TestNode.StartAsync();
        await UpAsync();
        // From outside of the node its sockets are reached through its root directory.
        _channel = UnixSocketChannel.Create(Node.HostPath("/run/fairlead/agent/agent.sock"));
        string[] namespaces = Directory.GetFiles(Node.HostPath("/run/netns"));
        LibvirtPodNamespace = $"/run/netns/{Path.GetFileName(Assert.Single(namespaces))}";
        _pod = await PodContainer.StartAsync(Node, "pod");
    }

    /// <summary>Brings the environment up, or what is dead of it.</summary>
    public Task<string> UpAsync() =>
        FairleadAsync(
            "up",
            "--guest-kernel",
            RepositoryPaths.GuestKernel,
            "--guest-initrd",
            RepositoryPaths.GuestInitrd,
            "--guest-cmdline",
            "console=ttyS0 quiet tsc=reliable no_timer_check"
        );

    /// <summary>Runs <c>fairlead</c> in the node and returns what it prints; the test fails if it fails.</summary>
    public async Task<string> FairleadAsync(params string[] arguments) =>
        (await Node.ExecAsync([Program, .. arguments], input: null, 2 * Patience)).Output();

    /// <summary>The same, whether it fails or not.</summary>
    public Task<CommandResult> TryFairleadAsync(params string[] arguments) =>
        Node.ExecAsync([Program, .. arguments], input: null, 2 * Patience);

    /// <summary>The same with something on its standard input.</summary>
    public async Task<string> FairleadWithInputAsync(string input, params string[] arguments) =>
        (await Node.ExecAsync([Program, .. arguments], input, 2 * Patience)).Output();

    public Task<LibvirtConnection> ConnectToLibvirtAsync() =>
        LibvirtConnection.OpenAsync(
            $"qemu+unix:///system?socket={Node.HostPath("/run/fairlead/libvirt/libvirt-sock")}",
            cancellationToken: TestContext.Current.CancellationToken
        );

    /// <summary>Kills one of the environment's processes, as a crash or the kernel would: agent, cni-proxy or libvirtd.</summary>
    public Task KillAsync(string process) => KillByPidFileAsync($"/run/fairlead/{process}.pid");

    /// <summary>Kills the process that a pid file of the node names.</summary>
    public async Task KillByPidFileAsync(string path)
    {
        string text = await File.ReadAllTextAsync(Node.HostPath(path), TestContext.Current.CancellationToken);
        int processId = int.Parse(text.Split(' ', '\n')[0], CultureInfo.InvariantCulture);
        await Node.RunAsync("sh", "-c", $"kill -KILL {processId}");
        await Eventually.Async(
            () => !Directory.Exists(Node.HostPath($"/proc/{processId}")),
            Patience,
            $"process {processId} is gone"
        );
    }

    /// <summary>The ends of the daemons' logs, for a test that failed.</summary>
    public string Logs()
    {
        string[] paths =
        [
            .. Directory.GetFiles(Node.HostPath("/var/lib/fairlead/logs")),
            .. Directory.GetFiles(Node.HostPath("/var/lib/fairlead/libvirt/log"), "*.log", SearchOption.AllDirectories),
        ];
        return string.Join(
            "\n",
            paths.Select(path =>
                $"--- {Path.GetFileName(path)}\n{string.Join('\n', File.ReadLines(path).TakeLast(40))}"
            )
        );
    }

    public async ValueTask DisposeAsync()
    {
        _channel?.Dispose();
        if (_node is not null)
            await _node.DisposeAsync();
    }

    private static InvalidOperationException NotStarted() => new("the environment is not started");
}
